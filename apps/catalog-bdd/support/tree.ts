import { lstat, readdir } from 'node:fs/promises'

/** Every name below a directory, and what a write, a rename or a new link would change of it. */
export async function listTree(root: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const path of walk(Buffer.from(root))) {
    const { size, mtimeNs, ctimeNs, ino, mode, nlink } = await lstat(path, { bigint: true })
    lines.push([path.toString('latin1'), size, mtimeNs, ctimeNs, ino, mode, nlink].join(' '))
  }
  return lines.sort()
}

/** The directory and all below it. Names need not be UTF-8. */
async function* walk(path: Buffer): AsyncGenerator<Buffer, void> {
  yield path
  for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    const below = Buffer.concat([path, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) yield* walk(below)
    else yield below
  }
}
