"""The desk's pages: who is signed in, who looked at what, what was typed and not sent yet."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_sessions",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_sessions")),
        sa.UniqueConstraint("token", name=op.f("uq_desk_sessions_token")),
    )
    op.create_table(
        "access_log",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_at"), "access_log", ["at"], unique=False)
    op.create_index("ix_access_log_board_reference_at", "access_log", ["board", "reference", "at"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("board", "person", "task", name=op.f("uq_drafts_board_person_task")),
    )


def downgrade() -> None:
    op.drop_table("drafts")
    op.drop_index("ix_access_log_board_reference_at", table_name="access_log")
    op.drop_index(op.f("ix_access_log_at"), table_name="access_log")
    op.drop_table("access_log")
    op.drop_table("desk_sessions")
