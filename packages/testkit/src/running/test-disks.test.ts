import { existsSync, statSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lacks } from './capabilities.ts'
import { DISK_KINDS, type DiskKind } from './disk-kinds.ts'
import { findFreeLoops, TestDisks } from './test-disks.ts'

describe('disks for tests', () => {
  let disks: TestDisks
  beforeEach(async () => {
    if (!lacks('tmpfs')) disks = await TestDisks.open()
  })
  afterEach(() => disks?.[Symbol.asyncDispose]())

  for (const kind of Object.keys(DISK_KINDS) as DiskKind[]) {
    if (kind === 'squashfs') continue
    it.skipIf(lacks('tmpfs', ...DISK_KINDS[kind].needs))(`of ${kind} are mounted and unmounted`, async () => {
      const path = await disks.mount(await disks.create(kind), disks.at('mounted'))
      writeFileSync(join(path, 'file'), 'text')
      const { dev, ctimeNs } = statSync(join(path, 'file'), { bigint: true })
      expect(dev).not.toBe(statSync(disks.path, { bigint: true }).dev)
      expect(ctimeNs % 1_000_000_000n === 0n).toBe(DISK_KINDS[kind].clockStepMs === 1000)
      await disks.unmount(path)
      expect(existsSync(join(path, 'file'))).toBe(false)
    })
  }

  it.skipIf(lacks('tmpfs', 'squashfs'))('of squashfs have the times that are asked for', async () => {
    await mkdir(disks.at('packed'))
    writeFileSync(disks.at('packed', 'file'), 'text')
    const image = await disks.create('squashfs', {
      directory: disks.at('packed'),
      timeSeconds: 1_000_000_000,
    })
    const path = await disks.mount(image, disks.at('mounted'))
    expect(statSync(join(path, 'file'))).toMatchObject({ mtimeMs: 1e12, ctimeMs: 1e12, size: 4 })
  })

  it.skipIf(lacks('tmpfs', 'ext4'))(
    'get the device number that is asked for, and change places',
    async () => {
      const [first = 0, second = 0] = findFreeLoops(2)
      const [one, other] = [await disks.create('ext4'), await disks.create('ext4')]
      const path = await disks.mount(one, disks.at('place'), { loop: first })
      writeFileSync(join(path, 'file'), 'one')
      const { dev } = statSync(path)
      await disks.unmount(path)
      await disks.mount(other, path, { loop: first })
      expect(statSync(path).dev).toBe(dev)
      expect(existsSync(join(path, 'file'))).toBe(false)
      await disks.unmount(path)
      await disks.mount(one, path, { loop: second })
      expect(statSync(path).dev).not.toBe(dev)
      expect(existsSync(join(path, 'file'))).toBe(true)
    },
  )
})
