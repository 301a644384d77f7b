import { formatSumLine } from '../formats/sha256-sums.ts'
import { ggufFilesOf } from './gguf-files.ts'
import type { LayoutPlan, VerifiedModel } from './layout-plan.ts'

/**
 * A directory for `llama-server --model`: the GGUF files under their own names, by which the tool finds the further shards
 * of a set, and a checksum list.
 */
export async function planLlamaCpp(model: VerifiedModel): Promise<LayoutPlan> {
  const files = await ggufFilesOf(model)
  const text = files.map(({ name, digest }) => formatSumLine(name, digest)).join('')
  const names = files.map((file) => ({ path: file.name, file }))
  return { model: files[0].name, names: [...names, { path: 'SHA256SUMS', text }] }
}
