import { MIGRATIONS, type Migration } from '../../src/schema/migrations.ts'

const present = MIGRATIONS.at(-1)?.version ?? 0

/** A format that a later version might have: a column more, and each entry written anew. */
export const NEXT_MIGRATION: Migration = {
  version: present + 1,
  sql: (schema) => `
ALTER TABLE ${schema}.entries ADD COLUMN written_with integer;
UPDATE ${schema}.entries SET written_with = ${present + 1};
`,
}
