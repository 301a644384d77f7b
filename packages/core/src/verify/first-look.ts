import type { LookResult } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { statedNameOf } from '../entry/model-file-name.ts'
import { withReference } from './apply-verdict.ts'
import { isDeclared } from './judge.ts'
import type { VerificationTarget } from './verification-target.ts'

/** What a first look at each file finds, in their order. A file whose digest is declared is not looked at. */
export async function takeFirstLooks(
  { verifier }: CatalogContext,
  { entry, files, followSymlink, moveTo }: VerificationTarget,
  signal: AbortSignal | undefined,
): Promise<readonly (LookResult | undefined)[]> {
  const whole = statedNameOf(moveTo === undefined ? entry : withReference(entry, moveTo))
  const looks: (LookResult | undefined)[] = []
  for (const file of files) {
    const { path, part } = file
    const look = { name: part?.path ?? whole, isPart: part !== undefined, followSymlink, signal }
    looks.push(isDeclared(entry, file) ? undefined : await verifier.takeFirstLook(path, look))
  }
  return looks
}
