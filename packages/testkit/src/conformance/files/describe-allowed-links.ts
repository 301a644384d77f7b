/** Room `conformance/files`: what every implementation of `ModelFiles` passes. */

import type { FileReference } from '@catalog/types'
import { expect, it } from 'vitest'
import type { FilesFixture } from './files-harness.ts'

const MODEL = 'hub/snapshots/abc'
const FILES = ['hub/blobs/1', 'hub/blobs/d/m', 'hub/blobs-2/1', 'secret', 'away/m', 'away/abc/m'] as const

interface Case {
  readonly links: Readonly<Record<string, string>>
  /** The file that is asked for; default `m` at the location. */
  readonly file?: string
}

const ALLOWED: Readonly<Record<string, Case>> = {
  'a link into the directory': { links: { [`${MODEL}/m`]: 'hub/blobs/1' } },
  'a link to a link into the directory': {
    links: { [`${MODEL}/m`]: 'hub/named', 'hub/named': 'hub/blobs/1' },
  },
  'a link to another file of the model': { links: { [`${MODEL}/m`]: `${MODEL}/real` } },
  'a file below a link into the directory': { links: { [`${MODEL}/d`]: 'hub/blobs/d' }, file: 'd/m' },
  'a location that is a link into the directory': { links: { [MODEL]: 'hub/blobs/d' } },
  'a link above the location': { links: { 'hub/snapshots': 'away' } },
  'a directory that is a link itself': {
    links: { [`${MODEL}/m`]: 'away/m', 'hub/blobs': 'away' },
  },
  'a link that leads nowhere': { links: { [`${MODEL}/m`]: 'nowhere' } },
  'a loop of links': { links: { [`${MODEL}/m`]: `${MODEL}/n`, [`${MODEL}/n`]: `${MODEL}/m` } },
}

const REFUSED: Readonly<Record<string, Case>> = {
  'a link out of the directory': { links: { [`${MODEL}/m`]: 'secret' } },
  'a link into a directory whose name begins alike': { links: { [`${MODEL}/m`]: 'hub/blobs-2/1' } },
  'a link by way of the directory': { links: { [`${MODEL}/m`]: 'hub/blobs/x', 'hub/blobs/x': 'secret' } },
  'a file below a link out of the directory': { links: { [`${MODEL}/d`]: 'away' }, file: 'd/m' },
  'a location that is a link out of the directory': { links: { [MODEL]: 'away' } },
}

/** A model in place whose symbolic links may lead into one directory, under the default policy for links. */
export function describeAllowedLinks(world: () => FilesFixture): void {
  const at = (path: string): string => `${world().world.outside}/${path}`

  async function make({ links, file = 'm' }: Case, without: readonly string[] = []): Promise<FileReference> {
    const { world: own } = world()
    const replaced = Object.keys(links)
    for (const path of [...FILES, `${MODEL}/real`]) {
      if (![...replaced, ...without].some((each) => `${path}/`.startsWith(`${each}/`)))
        await own.write(at(path), path)
    }
    for (const [path, target] of Object.entries(links)) {
      await own.makeDirectory(at(path.slice(0, path.lastIndexOf('/'))))
      await own.makeLink(at(target), at(path))
    }
    return { location: at(`${MODEL}/${file}`), links: { into: at('hub/blobs'), within: at(MODEL) } }
  }

  async function isRefused(reference: FileReference): Promise<boolean> {
    const { files } = world()
    const refused = expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' })
    const located = await files.locate([reference]).then(
      () => true,
      (error: unknown) => error,
    )
    const isLocated = located === true
    if (!isLocated) expect(located).toEqual(refused)
    const look = (): void => files.assertReachable(reference, files.pathOf(reference))
    if (isLocated) expect(look).not.toThrow()
    else expect(look).toThrow(refused)
    return !isLocated
  }

  it.each(Object.keys(ALLOWED))('allow %s', async (what) => {
    expect(await isRefused(await make(ALLOWED[what] ?? { links: {} }))).toBe(false)
  })

  it.each(Object.keys(REFUSED))('refuse %s', async (what) => {
    expect(await isRefused(await make(REFUSED[what] ?? { links: {} }))).toBe(true)
  })

  it('refuse every link once the directory is missing, and no plain file', async () => {
    const linked = await make({ links: { [`${MODEL}/m`]: 'secret' } }, ['hub/blobs'])
    expect(await isRefused(linked)).toBe(true)
    expect(await isRefused({ ...linked, location: at(`${MODEL}/real`) })).toBe(false)
  })

  it('are those of this model alone', async () => {
    const { files, world: own } = world()
    const reference = await make({ links: { [`${MODEL}/m`]: 'hub/blobs/1' } })
    expect(files.followsLinks(reference)).toBe(true)
    expect(files.followsLinks({ location: files.pathOf(reference) })).toBe(false)
    expect(files.followsLinks({ file: 'm' })).toBe(false)
    await own.makeLink(at('secret'), at(`${MODEL}/later`))
    expect(await isRefused({ ...reference, location: at(`${MODEL}/later`) })).toBe(true)
  })
}
