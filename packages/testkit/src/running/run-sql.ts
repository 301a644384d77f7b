/** Runs SQL on a connection of its own, several statements if there are no values, and returns the rows of the last. */
export async function runSql(
  connectionString: string,
  text: string,
  values: unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  // Most tests need no database.
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await (values.length === 0 ? client.query(text) : client.query(text, values))
    return rows
  } finally {
    await client.end()
  }
}
