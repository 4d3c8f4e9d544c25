"""What a serious case review is: pure rules, no input or output, no clock of the machine, no randomness."""
