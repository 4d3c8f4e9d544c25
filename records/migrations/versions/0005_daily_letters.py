"""Letters of which a person gets one message a day at most."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letters", sa.Column("daily", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_letters_daily_state"), "letters", ["daily", "state"], unique=False)
    op.create_table(
        "daily_posts",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_posts")),
        sa.UniqueConstraint("board", "person", "day", name=op.f("uq_daily_posts_board_person_day")),
    )


def downgrade() -> None:
    op.drop_table("daily_posts")
    op.drop_index(op.f("ix_letters_daily_state"), table_name="letters")
    op.drop_column("letters", "daily")
