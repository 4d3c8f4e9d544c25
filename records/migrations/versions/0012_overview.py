"""Lists that are quick with thousands of cases: who has a part in which case, and indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIMELINESS = ["status", "rule", "due_on", "case_id", "computation"]


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appointments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint(
            *("case_id", "person", "role", "agency", "item"),
            name=op.f("uq_appointments_case_id_person_role_agency_item"),
        ),
    )
    op.create_index(op.f("ix_appointments_person"), "appointments", ["person"], unique=False)
    op.create_table(
        "appointments_read",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appointments_read_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments_read")),
        sa.UniqueConstraint("case_id", name=op.f("uq_appointments_read_case_id")),
    )
    op.create_index(op.f("ix_tasks_agency_case_id"), "tasks", ["agency", "case_id"], unique=False)
    op.create_index(op.f("ix_rungs_claimed_at"), "rungs", ["claimed_at"], unique=False)
    op.create_index(op.f(f"ix_deadlines_{'_'.join(TIMELINESS)}"), "deadlines", TIMELINESS, unique=False)


def downgrade() -> None:
    op.drop_index(op.f(f"ix_deadlines_{'_'.join(TIMELINESS)}"), table_name="deadlines")
    op.drop_index(op.f("ix_rungs_claimed_at"), table_name="rungs")
    op.drop_index(op.f("ix_tasks_agency_case_id"), table_name="tasks")
    op.drop_table("appointments_read")
    op.drop_index(op.f("ix_appointments_person"), table_name="appointments")
    op.drop_table("appointments")
