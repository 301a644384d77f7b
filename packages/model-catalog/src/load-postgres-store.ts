import { createInvalidInput } from '@catalog/types'

/** What the package of the database is called. It is installed only if it is needed. */
const POSTGRES_PACKAGE = '@catalog/store-postgres'

/** The adapter for databases. INVALID_INPUT, of the field that names a database, if it is not installed. */
export async function loadPostgresStore(field: string): Promise<typeof import('@catalog/store-postgres')> {
  try {
    // A bundler takes it in if it is installed, and otherwise only warns, because the error is caught.
    return await import('@catalog/store-postgres')
  } catch (error) {
    if (!isMissingPackage(error)) throw error
    const problem = `needs the package ${POSTGRES_PACKAGE}, which is not installed: npm install ${POSTGRES_PACKAGE}`
    throw createInvalidInput([{ field, problem }])
  }
}

/** Whether the package itself is missing, and not something that it needs. */
function isMissingPackage(error: unknown): boolean {
  const { code, message = '' } = error as NodeJS.ErrnoException
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  return isMissing && message.includes(POSTGRES_PACKAGE)
}
