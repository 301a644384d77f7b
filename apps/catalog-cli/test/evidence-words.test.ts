import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { damageModel, sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const MODEL = sampleGguf('model')

/** A catalog with one verified model below its root. */
async function createModel(): Promise<World & { readonly file: string }> {
  const world = createWorld()
  const file = world.write('models/usb/m.gguf', MODEL)
  expect(await world.run('add', file)).toMatchObject({ code: 0, stderr: expect.not.stringContaining('note') })
  return { ...world, file }
}

const CHANGES: readonly (readonly [kind: string, text: RegExp, change: (file: string) => void])[] = [
  ['in-order', /^as it was when it was read$/u, () => undefined],
  [
    'stale',
    /^stale: .*m\.gguf changed .*; catalog verify m reads it again$/u,
    (file) => chmodSync(file, 0o600),
  ],
  [
    'changed',
    /^changed: .*m\.gguf .*; catalog verify m reads it$/u,
    (file) => writeFileSync(file, damageModel(MODEL, 'flipped-bit')),
  ],
  ['missing', /^missing: there is no .*m\.gguf$/u, (file) => rmSync(file)],
  [
    'absent',
    /^absent: the directory of .*m\.gguf does not exist; .* once it is back$/u,
    (file) => renameSync(join(file, '..'), `${join(file, '..')}.away`),
  ],
]

it.each(CHANGES)('show and ls --check tell that a model is %s', async (kind, text, change) => {
  const world = await createModel()
  change(world.file)
  const shown = await world.run('show', 'm')
  expect(/^on disk +(.*)$/mu.exec(shown.stdout)?.[1]).toMatch(text)
  expect(parseJson(await world.run('show', 'm', '--json'))).toMatchObject({ standing: { kind } })
  expect((await world.run('ls', '--check')).stdout).toMatch(new RegExp(`^m +Active +${kind} `, 'mu'))
  expect((await world.run('ls')).stdout).not.toContain(kind)
  const listed = parseJson(await world.run('ls', '--check', '--json'))
  expect(listed).toMatchObject({ models: [{ id: 'm', standing: { kind } }] })
})

it('show tells on which volume a model was read, by which machine', async () => {
  const world = await createModel()
  await world.run('verify', 'm', '--node', 'shelf-3')
  const { stdout } = await world.run('show', 'm')
  const anchor = join(world.root, '.catalog/volume')
  expect(stdout).toMatch(
    /^evidence +match on the volume of .* \([0-9a-f]{8}\)\n +read 2.* by shelf-3, 1.00 KiB in /mu,
  )
  expect(stdout).toContain(anchor)
})

it('a model whose directory is away is not told to be downloaded', async () => {
  const world = await createModel()
  const usb = join(world.root, 'usb')
  renameSync(usb, `${usb}.away`)
  const away = await world.run('resolve', 'm')
  expect(away).toMatchObject({ code: 14, stderr: expect.stringContaining('is its disk mounted?') })
  expect(away.stderr).toMatch(/hint: .*mount it, .*catalog doctor --forget-absent --apply/u)
  renameSync(`${usb}.away`, usb)
  rmSync(world.file)
  const gone = await world.run('resolve', 'm')
  expect(gone.stderr).toContain('the catalog does not download')
})

describe.skipIf(lacks('tmpfs'))('a model on a disk of its own', () => {
  /** A disk with a model, which is not the root's. */
  function mountDisk(world: World): { readonly disk: string; readonly file: string } {
    const disk = join(world.directory, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', 'none', disk])
    onTestFinished(() => void execFileSync('umount', [disk]))
    mkdirSync(join(disk, 'models'))
    return { disk, file: world.write('disk/models/m.gguf', MODEL) }
  }

  it('without an anchor counts until the command ends, which says how to make it last', async () => {
    const world = createWorld()
    const { disk, file } = mountDisk(world)
    const added = await world.run('add', file)
    expect(added.stderr).toMatch(/note: m is on a disk without an anchor: .* only until this command ends/u)
    expect(added.stderr).toContain(`catalog verify m --anchor ${disk} makes it last`)
    const ended = await world.run('resolve', 'm')
    expect(ended.code).toBe(7)
    expect(ended.stderr).toMatch(
      /hint: .*without an anchor, by a program that has ended; catalog verify m --anchor /u,
    )
    expect((await world.run('show', 'm')).stdout).toContain('which only the program that read it recognizes')
    const verified = await world.run('verify', 'm', '--anchor', disk)
    expect(verified).toMatchObject({ code: 0, stderr: expect.not.stringContaining('without an anchor') })
    expect(existsSync(join(disk, '.catalog-volume'))).toBe(true)
    expect(await world.run('resolve', 'm', '--node', 'other')).toMatchObject({ code: 0 })
  })

  it('is served again after it was away, and its anchor is named while it is', async () => {
    const world = createWorld()
    const { disk, file } = mountDisk(world)
    await world.run('add', file, '--anchor', disk)
    const elsewhere = join(world.directory, 'elsewhere')
    mkdirSync(elsewhere)
    execFileSync('mount', ['--move', disk, elsewhere])
    const away = await world.run('resolve', 'm')
    expect(away.code).toBe(7)
    expect(away.stderr).toContain(
      `hint: the disk of ${join(disk, '.catalog-volume')} is not mounted: mount it`,
    )
    expect((await world.run('doctor', '--apply')).stdout).toContain('0 done')
    mkdirSync(join(disk, 'models'))
    symlinkSync(world.write('copy.gguf', MODEL), file)
    expect((await world.run('resolve', 'm')).stderr).not.toContain('if its file was copied')
    rmSync(file)
    writeFileSync(file, MODEL)
    expect((await world.run('resolve', 'm')).stderr).toContain('if its file was copied')
    rmSync(join(disk, 'models'), { recursive: true })
    execFileSync('mount', ['--move', elsewhere, disk])
    rmdirSync(elsewhere)
    expect(await world.run('resolve', 'm')).toMatchObject({ code: 0 })
  })
})
