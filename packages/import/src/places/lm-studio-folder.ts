import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { StorePlace } from './store-place.ts'

/** Names another home directory. */
const POINTER = '.lmstudio-home-pointer'
const SETTINGS = 'settings.json'
const MAX_BYTES = 1024 * 1024
const settings = z.object({ downloadsFolder: z.string().min(1) })

/**
 * Where LM Studio was told to keep its models, if that is not in its default place: a home directory that it points
 * to, and the folder that the settings of a home name. A folder elsewhere looks like any other directory of models.
 */
export async function findLmStudioFolders({
  home,
  join,
}: {
  readonly home: string
  readonly join: (...segments: string[]) => string
}): Promise<readonly StorePlace[]> {
  const pointer = join(home, POINTER)
  const moved = (await readSmallFile(pointer))?.trim()
  const places: StorePlace[] = []
  if (moved) places.push({ layout: 'lm-studio', path: moved, because: pointer })
  for (const each of [
    ...(moved ? [moved] : []),
    join(home, '.lmstudio'),
    join(home, '.cache', 'lm-studio'),
  ]) {
    const path = join(each, SETTINGS)
    const folder = parseFolder((await readSmallFile(path)) ?? '')
    if (folder !== undefined) places.push({ layout: 'plain', path: folder, because: path })
  }
  return places
}

function parseFolder(text: string): string | undefined {
  try {
    return settings.safeParse(JSON.parse(text)).data?.downloadsFolder
  } catch {
    return undefined
  }
}

/** Undefined for what is not a small regular file. */
async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() && found.size <= MAX_BYTES ? await readFile(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}
