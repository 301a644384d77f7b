import { describe, expect, it } from 'vitest'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, register } from './commits.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('a file system that several machines may write to', () => {
  const root = useTemporaryRoot()
  const diskOf = (type: number) => Object.assign(new RecordingDisk(), { type })
  const refused = {
    code: 'SHARED_FILE_SYSTEM',
    details: { path: expect.any(String), fileSystem: expect.any(String) },
  }

  it.each([
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    ['CIFS, with a sign', -11317950],
    ['9P', 0x01021997],
    ['Ceph', 0x00c36400],
    ['Lustre', 0x0bd00bd0],
    ['FUSE', 0x65735546],
  ])('is not opened for writing: %s', async (_, type) => {
    const disk = diskOf(type)
    await expect(root.open({ disk })).rejects.toMatchObject(refused)
    await expect(root.open({ disk })).rejects.toThrow('move it to a local disk')
    await expect(repairCatalog(root.path, { disk })).rejects.toMatchObject(refused)
    expect(disk.writes).toEqual([])
  })

  it('is told also where the root is still to be made', async () => {
    const disk = diskOf(0x6969)
    await expect(root.open({ disk, root: root.at('a', 'b') })).rejects.toMatchObject(refused)
    expect(disk.writes).toEqual([])
  })

  it('may be read, and written by who says to be the only writer', async () => {
    const store = await root.open({ disk: diskOf(0x6969), onlyWriter: true })
    await register(store, 'a')
    expect(await idsOf(await root.open({ disk: diskOf(0x6969), readOnly: true }))).toEqual(['a'])
  })

  it.each([
    ['ext4', 0xef53],
    ['XFS', 0x58465342],
    ['btrfs', 0x9123683e],
    ['tmpfs', 0x01021994],
    ['overlayfs', 0x794c7630],
    ['one that is not known', 0x12345678],
  ])('is not what %s is', async (_, type) => {
    await expect(root.open({ disk: diskOf(type) })).resolves.toBeDefined()
  })
})
