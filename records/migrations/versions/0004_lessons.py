"""What reviews taught, and the database's own index of its words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lessons",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("themes", sa.String(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lessons_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("case_id", "kind", "item", name=op.f("uq_lessons_case_id_kind_item")),
    )
    op.create_table(
        "lessons_read",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lessons_read_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons_read")),
        sa.UniqueConstraint("case_id", name=op.f("uq_lessons_read_case_id")),
    )
    # Each database has a full text search of its own kind, so this table is not among the tables of the code. Its
    # columns have the same names in both; ``rowid`` is the id of the lesson.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE lesson_words ("
            " rowid INTEGER CONSTRAINT pk_lesson_words PRIMARY KEY"
            " CONSTRAINT fk_lesson_words_rowid REFERENCES lessons (id) ON DELETE CASCADE,"
            " words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_lesson_words_words ON lesson_words USING gin (words)")
    else:
        op.execute("CREATE VIRTUAL TABLE lesson_words USING fts5 (words, tokenize = 'porter unicode61')")


def downgrade() -> None:
    op.drop_table("lesson_words")
    op.drop_table("lessons_read")
    op.drop_table("lessons")
