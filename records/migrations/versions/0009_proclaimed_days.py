"""Days that became bank holidays, or stopped being ones, after the calendar's tables had been made."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proclaimed_days",
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proclaimed_days")),
    )
    op.create_index(op.f("ix_proclaimed_days_calendar"), "proclaimed_days", ["calendar"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_proclaimed_days_calendar"), table_name="proclaimed_days")
    op.drop_table("proclaimed_days")
