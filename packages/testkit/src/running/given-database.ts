/** The database that the tests are to use, from `DATABASE_URL`; undefined if it is not set. */
export function givenDatabase(): string | undefined {
  const { DATABASE_URL = '' } = process.env
  return DATABASE_URL === '' ? undefined : DATABASE_URL
}
