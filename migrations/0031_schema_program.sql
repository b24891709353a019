-- Which programs this schema is for. `migrate` writes the row when it has applied a file, so that a program that does not
-- know all of the files can tell whether it may run here, and which version is sure to.
create table schema_program (
  id boolean primary key default true,
  -- The version of the program that applied the newest file.
  version text not null,
  -- The newest file that a program must know to be started on this schema.
  needs text not null,
  constraint schema_program_is_one_row check (id)
);
