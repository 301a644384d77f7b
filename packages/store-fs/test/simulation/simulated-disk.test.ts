import { describe, expect, it } from 'vitest'
import { immediateOrder } from './call-order.ts'
import { Random } from './random.ts'
import { type NameLoss, SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed)

/** What `look` finds after power cuts of every kind, without repetitions, sorted. */
function afterCuts(prepare: (disk: SimulatedDisk) => void, look: (disk: SimulatedDisk) => string): string[] {
  const found = SEEDS.flatMap((seed) =>
    (['any', 'ordered'] as NameLoss[]).map((nameLoss) => {
      const disk = new SimulatedDisk()
      prepare(disk)
      disk.cutPower(new Random(seed), nameLoss)
      return look(disk)
    }),
  )
  return [...new Set(found)].sort()
}

const read = (disk: SimulatedDisk, path: string) => disk.peek(path)?.toString('latin1') ?? 'absent'

describe('a power cut', () => {
  it('takes bytes that were not synced: none, some from the end, or sectors that become zeros', () => {
    const found = afterCuts(
      (disk) => {
        const file = disk.open('/file', 'create')
        file.append(Buffer.from('ab'))
        disk.sync()
        file.append(Buffer.from('cd'))
      },
      (disk) => read(disk, '/file'),
    )
    expect(found).toEqual(['ab', 'ab\0', 'ab\0\0', 'abc', 'abcd'])
  })

  it('takes each sector for itself', () => {
    const found = afterCuts(
      (disk) => {
        const file = disk.open('/file', 'create')
        disk.syncDirectory('/')
        file.append(Buffer.alloc(1024, 'x'))
      },
      (disk) => read(disk, '/file').replaceAll(/x+/gu, 'x').replaceAll(/\0+/gu, '0'),
    )
    expect(found).toEqual(expect.arrayContaining(['', 'x', '0', '0x', 'x0']))
  })

  it('leaves what was synced', () => {
    const found = afterCuts(
      (disk) => {
        const file = disk.open('/file', 'create')
        disk.syncDirectory('/')
        file.append(Buffer.from('ab'))
        file.sync()
      },
      (disk) => read(disk, '/file'),
    )
    expect(found).toEqual(['ab'])
  })

  it('takes names whose directory was not synced, and what they hold with them', () => {
    const found = afterCuts(
      (disk) => disk.open('/file', 'create').sync(),
      (disk) => read(disk, '/file'),
    )
    expect(found).toEqual(['', 'absent'])
  })

  it('leaves a rename done or not done, also from one directory to another', () => {
    const found = afterCuts(
      (disk) => {
        disk.makeDirectory('/a')
        disk.open('/a/new', 'create').append(Buffer.from('new'))
        disk.open('/old', 'create').append(Buffer.from('old'))
        disk.sync()
        disk.rename('/a/new', '/old')
      },
      (disk) => `${read(disk, '/old')} ${read(disk, '/a/new')}`,
    )
    expect(found).toEqual(['new absent', 'old new'])
  })

  it('takes names in any order, or only the last ones, as the file system is', () => {
    const lost = (nameLoss: NameLoss) =>
      new Set(
        SEEDS.map((seed) => {
          const disk = new SimulatedDisk()
          for (const name of ['a', 'b']) disk.open(`/${name}`, 'create')
          disk.cutPower(new Random(seed), nameLoss)
          return disk.list('/').join('')
        }),
      )
    expect([...lost('ordered')].sort()).toEqual(['', 'a', 'ab'])
    expect([...lost('any')].sort()).toEqual(['', 'a', 'ab', 'b'])
  })

  it('may take what a sync had failed on, although a later one succeeded', () => {
    const found = afterCuts(
      (disk) => {
        const file = disk.open('/file', 'create')
        disk.syncDirectory('/')
        file.append(Buffer.from('a'))
        file.failSync()
        file.append(Buffer.from('b'))
        file.sync()
      },
      (disk) => read(disk, '/file'),
    )
    expect(found).toEqual(['\0b', 'ab'])
  })
})

describe('a simulated process', () => {
  it('fails as POSIX has it', async () => {
    const disk = new SimulatedDisk()
    const process = new SimulatedProcess('p', disk, immediateOrder)
    disk.plantSymbolicLink('/link')
    disk.makeDirectory('/directory')
    await process.open('/file', 'create-new')
    const failing = [
      [() => process.open('/none', 'append'), 'ENOENT'],
      [() => process.open('/file', 'create-new'), 'EEXIST'],
      [() => process.open('/link', 'create'), 'ELOOP'],
      [() => process.link('/file', '/link'), 'EEXIST'],
      [() => process.remove('/none'), 'ENOENT'],
      [() => process.list('/none'), 'ENOENT'],
      [() => process.makeDirectory('/file/below'), 'EEXIST'],
    ] as const
    for (const [call, code] of failing) {
      await expect((async () => await call())()).rejects.toMatchObject({ code })
    }
  })

  it('is told once of a sync that failed for another', async () => {
    const disk = new SimulatedDisk()
    const processes = ['a', 'b'].map((name) => new SimulatedProcess(name, disk, immediateOrder))
    const [a, b] = await Promise.all(processes.map((process) => process.open('/file', 'create')))
    await a?.append(Buffer.from('x'))
    for (const process of processes) {
      process.findFault = ({ kind }) =>
        kind === 'sync' && process.name === 'a' ? { kind: 'error', code: 'EIO' } : undefined
    }
    const sync = async (file: typeof a): Promise<void> => await file?.sync()
    await expect(sync(a)).rejects.toMatchObject({ code: 'EIO' })
    await expect(sync(b)).rejects.toMatchObject({ code: 'EIO' })
    await expect(sync(b)).resolves.toBeUndefined()
  })

  it('gets no answer once it is killed, and leaves what an append had written', async () => {
    const disk = new SimulatedDisk()
    const process = new SimulatedProcess('p', disk, immediateOrder)
    const file = await process.open('/file', 'create')
    process.findFault = () => ({ kind: 'kill', bytes: 2 })
    const answer = await Promise.race([file.append(Buffer.from('abc')), Promise.resolve('no answer')])
    expect(answer).toBe('no answer')
    expect(read(disk, '/file')).toBe('ab')
  })
})
