"""Answers that every stage takes: an escalation seen, a letter brought in another way, the mail server seen to."""

from typing import Any

from temporalio import workflow

from workflows.stage import StageShell

with workflow.unsafe.imports_passed_through():
    from domain.command import AcknowledgeEscalation, DeliverOtherwise, Receipt, SeeToMailServer


class SharedAnswers:
    """The handlers of these answers; a stage's workflow inherits them and keeps its shell in ``_shell``."""

    _shell: StageShell[Any]

    @workflow.update(name=AcknowledgeEscalation.FORM, description="Acknowledge an escalation")
    async def acknowledge_escalation(self, command: AcknowledgeEscalation) -> Receipt:
        """The reader has seen it; its repetition stops."""
        return await self._shell.take(command)

    @workflow.update(name=DeliverOtherwise.FORM, description="A letter was delivered in another way")
    async def deliver_otherwise(self, command: DeliverOtherwise) -> Receipt:
        """By telephone, by post, through a portal."""
        return await self._shell.take(command)

    @workflow.update(name=SeeToMailServer.FORM, description="Somebody has seen to the mail server")
    async def see_to_mail_server(self, command: SeeToMailServer) -> Receipt:
        """Letters wait and are tried all the while."""
        return await self._shell.take(command)

    @acknowledge_escalation.validator
    def _may_acknowledge_escalation(self, command: AcknowledgeEscalation) -> None:
        self._shell.validate(command)

    @deliver_otherwise.validator
    def _may_deliver_otherwise(self, command: DeliverOtherwise) -> None:
        self._shell.validate(command)

    @see_to_mail_server.validator
    def _may_see_to_mail_server(self, command: SeeToMailServer) -> None:
        self._shell.validate(command)
