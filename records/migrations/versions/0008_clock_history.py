"""How each computation of a clock stood from when on."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadlines", sa.Column("history", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("deadlines", "history")
