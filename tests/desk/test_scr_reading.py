"""The command line as people and scripts use it, on a record and without a Temporal server."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from desk_cases import NAMES, ROOT, TOLD, Opened
from sqlalchemy import update
from typer.testing import CliRunner

import scr
from domain.safety import NOT_A_REFERRAL
from records.engine import make_engine
from records.migrate import upgrade
from records.store import Record
from records.tables import FactRow
from sealing import create_keyring
from tests_settings import own_settings
