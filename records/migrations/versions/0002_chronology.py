"""Agencies' chronologies, their rows, and which of them tell of the same."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chronologies",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_chronologies_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chronologies")),
        sa.UniqueConstraint("case_id", "agency", "version", name=op.f("uq_chronologies_case_id_agency_version")),
    )
    op.create_index(op.f("ix_chronologies_case_id"), "chronologies", ["case_id"], unique=False)
    op.create_table(
        "chronology_entries",
        sa.Column("chronology_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("earliest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chronology_id"], ["chronologies.id"], name=op.f("fk_chronology_entries_chronology_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chronology_entries")),
        sa.UniqueConstraint("chronology_id", "number", name=op.f("uq_chronology_entries_chronology_id_number")),
    )
    op.create_table(
        "chronology_links",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_chronology_links_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chronology_links")),
        sa.UniqueConstraint("case_id", "first", "second", name=op.f("uq_chronology_links_case_id_first_second")),
    )
    op.create_index(op.f("ix_chronology_links_case_id"), "chronology_links", ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("chronology_links")
    op.drop_table("chronology_entries")
    op.drop_table("chronologies")
