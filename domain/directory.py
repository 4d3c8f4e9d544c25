"""Who is who: boards, the people in their roles, deputies, agencies' contacts, outside bodies. Pure data and checks."""
