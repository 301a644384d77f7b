import { openCatalog } from 'model-catalog'
import { findRoot } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { findStoreUrl } from '../../options/option-values.ts'

/** More than these no user looks through. */
const MOST_IDS = 200

/** The ids that begin so. None if the catalog cannot be read: a shell that completes shows no errors. */
export async function listIds(
  invocation: Invocation,
  words: readonly string[],
  beginning: string,
): Promise<readonly string[]> {
  try {
    const [root, store] = [findNamedRoot(invocation, words), findNamedStore(invocation, words)]
    await using catalog = await openCatalog({ root, store, readOnly: true })
    const entries = await catalog.list()
    return entries.flatMap(({ id }) => (id.startsWith(beginning) ? id : [])).slice(0, MOST_IDS)
  } catch {
    return []
  }
}

/** The root that the unfinished command line names. */
function findNamedRoot(invocation: Invocation, words: readonly string[]): string {
  const root = words[words.indexOf('--root') + 1]
  return words.includes('--root') && root !== undefined ? invocation.resolvePath(root) : findRoot(invocation)
}

/** The database that it names. */
function findNamedStore({ store }: Invocation, words: readonly string[]): string | undefined {
  return words.includes('--store') ? findStoreUrl(words[words.indexOf('--store') + 1]) : store
}
