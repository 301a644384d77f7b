/** Room `commands/change`: register, add, update, state, rm, verify, repair …. */

import type { Catalog, DeclaredOrigin, ModelEntry } from 'model-catalog'
import { verifyOne } from '../../catalog/verify-one.ts'
import type { ModelContent } from '../../files/model-content.ts'
import { placeOf } from '../../files/paths.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'

/** What is said of a model when it is added. */
export interface Description {
  readonly source?: string | undefined
  readonly digest?: string | undefined
  readonly digestOrigin?: DeclaredOrigin | undefined
  readonly name?: string | undefined
  readonly tags?: readonly string[] | undefined
}

export interface AddOneRequest extends Description {
  readonly id: string
  /** Absolute. */
  readonly path: string
  readonly root: string
  readonly content: ModelContent
  /** Absolute. */
  readonly linksInto?: string | undefined
}

/** Registers one model where it is, and verifies it. One whose files could not be read to their end is not left behind. */
export async function addOne(
  catalog: Catalog,
  invocation: Invocation,
  { id, path, root, content, source = `file:${path}`, ...given }: AddOneRequest,
): Promise<ModelEntry> {
  const { linksInto } = given
  const place = linksInto === undefined ? await placeOf(root, path) : { location: path, linksInto }
  const { name, tags, digest = content.digest, digestOrigin = content.digestOrigin } = given
  const described = { id, source, name, tags, digest, digestOrigin, files: content.files }
  const registered = await catalog.register({ ...described, ...place, ...attributionOf(invocation) })
  try {
    return await verifyOne(catalog, invocation, { id })
  } catch (error) {
    if (invocation.signal.aborted) {
      invocation.output.note(`${id} is registered and stays Pending; catalog verify ${id} goes on with it`)
    } else {
      await takeBack(catalog, invocation, registered)
    }
    throw error
  }
}

/** What was judged has another revision by now, and stays: that its bytes are wrong is worth knowing. */
async function takeBack(
  catalog: Catalog,
  { actor }: Invocation,
  { id, revision: ifRevision }: ModelEntry,
): Promise<void> {
  try {
    await catalog.remove(id, {
      ifRevision,
      actor,
      reason: 'add was refused: its files could not be verified',
    })
  } catch {
    // What is told is why it was refused.
  }
}
