/** Room `commands/import`: adopting the models that other tools keep on this machine. */

import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { toShellWord } from '../../text/shell-word.ts'

/** Which of the directories are bundles: imported as plain models, they lose the ids, names and tags that they have. */
export async function describeBundles(directories: readonly string[]): Promise<readonly string[]> {
  const notes: string[] = []
  for (const directory of directories) {
    const [isNamed, isListed] = await Promise.all(
      ['bundle.json', 'SHA256SUMS'].map((name) => exists(join(directory, name))),
    )
    if (!isNamed || !isListed) continue
    const word = toShellWord(directory)
    notes.push(
      `catalog: note: ${word} looks like a bundle: catalog import --bundle ${word} takes its ids, names and tags too`,
    )
  }
  return notes
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
