import { lstat } from 'node:fs/promises'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { readModel } from '../../catalog/read-model.ts'
import { waitWhileUsed } from '../../catalog/wait-while-used.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'

interface RunRmOptions {
  readonly id: string
  readonly wait: boolean
  readonly dryRun: boolean
  /** Whether nothing is asked first. */
  readonly yes: boolean
  readonly ifRevision: number | undefined
}

/** Removes a model from the catalog, and says where its file stays. */
export async function runRm(
  invocation: Invocation,
  { id, wait, dryRun, yes, ifRevision }: RunRmOptions,
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const { entry, path } = await readModel(catalog, id)
    if (dryRun) {
      const { where, fileExists } = await describeFile(path)
      output.print(`${id}: would be removed from the catalog; ${where}`)
      output.printJson({ removed: toJsonEntry(entry), path, fileExists, dryRun })
      return
    }
    await assertConfirmed(invocation, { question: `Remove ${id} from the catalog?`, yes })
    // At the revision just read, so that what is said of the file is said of the entry removed; the end of a lease
    // makes another one.
    const removed = await waitWhileUsed(invocation, wait, (how) =>
      catalog.remove(id, {
        ...attributionOf(invocation),
        ...(how.wait === undefined ? { ifRevision: ifRevision ?? entry.revision } : { ifRevision, ...how }),
      }),
    )
    const { where, fileExists } = await describeFile(path)
    output.print(`${id}: removed from the catalog; ${where}`)
    output.printJson({ removed: toJsonEntry(removed), path, fileExists, dryRun })
  })
}

async function describeFile(path: string): Promise<{ readonly where: string; readonly fileExists: boolean }> {
  const fileExists = await exists(path)
  return { where: `${fileExists ? 'its file stays at' : 'there is no file at'} ${path}`, fileExists }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}
