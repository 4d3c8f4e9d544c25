"""Workers tell that they are there."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("task_queue", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeats")),
        sa.UniqueConstraint("worker", name=op.f("uq_heartbeats_worker")),
    )
    op.create_index(op.f("ix_heartbeats_task_queue"), "heartbeats", ["task_queue"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_heartbeats_task_queue"), table_name="heartbeats")
    op.drop_table("heartbeats")
