import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of the journal's segments below a root, oldest first. */
export async function listSegments(root: string): Promise<readonly string[]> {
  const directory = join(root, '.catalog')
  const names = (await readdir(directory)).filter((name) => /^journal-[0-9]+\.jsonl$/u.test(name))
  return names.sort().map((name) => join(directory, name))
}

/** The journal's lines that carry commits; the marks of a quiet writer come at times of their own. */
export async function readCommitLines(root: string): Promise<readonly string[]> {
  const segments = await listSegments(root)
  const texts = await Promise.all(segments.map((path) => readFile(path, 'utf8')))
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.includes('"commits":'))
}
