import { describe, expect, it } from 'vitest'
import { Barrier } from './barrier.ts'
import { type FakeDisk, fakeDisk } from './fake-disk.ts'
import type { SettlingFile } from './file-age.ts'

const MS = 1_000_000n
const NFS = { name: 'nfs', isLocal: false, showsMappedWrites: false }
const { signal } = new AbortController()

/** A file that is changed at this moment. */
function changedNow(disk: FakeDisk, ctimeNs: bigint = disk.stamp()): SettlingFile {
  return { path: '/models/a', directory: '/models', dev: 1n, ctimeNs }
}

function countTouches({ calls }: FakeDisk): number {
  return calls.filter((call) => call === 'touch').length
}

describe('the barrier', () => {
  it.each([1n, 4n * MS, 1000n * MS, 2000n * MS])(
    'is passed when the next change gets another ctime, with a clock of steps of %i ns',
    async (stepNs) => {
      const disk = fakeDisk({ stepNs })
      const file = changedNow(disk)
      const hold = new Barrier([], disk).hold()
      await hold.pass(file, signal)
      expect(disk.stamp()).toBeGreaterThan(file.ctimeNs)
      await hold.close()
    },
  )

  it('looks at once first, and less and less often then', async () => {
    const disk = fakeDisk({ stepNs: 1000n * MS })
    await new Barrier([], disk).hold().pass(changedNow(disk), signal)
    expect(disk.calls.slice(1, 9)).toEqual(Array(8).fill('touch'))
    const waits = disk.calls.filter((call) => call.startsWith('wait'))
    expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 50, 50].map((ms) => `wait ${ms}`))
  })

  it('is IO after 3 s if the clock stands still', async () => {
    const disk = fakeDisk({ stepNs: 0n })
    const startedAt = disk.elapsedMs()
    const hold = new Barrier([], disk).hold()
    const details = { operation: 'settle', path: '/models/a' }
    await expect(hold.pass(changedNow(disk), signal)).rejects.toMatchObject({ code: 'IO', details })
    expect(disk.elapsedMs() - startedAt).toBeGreaterThanOrEqual(3000)
    expect(disk.elapsedMs() - startedAt).toBeLessThan(3100)
    await hold.close()
    expect(disk.open).toEqual([])
  })

  it('is left with the reason of the signal', async () => {
    const disk = fakeDisk({ stepNs: 0n })
    const controller = new AbortController()
    disk.onWait = () => controller.abort('not wanted')
    const passing = new Barrier([], disk).hold().pass(changedNow(disk), controller.signal)
    await expect(passing).rejects.toBe('not wanted')
  })
})

describe('the newest stamp of a volume', () => {
  it('settles older files without a probe, and no other', async () => {
    const disk = fakeDisk()
    const hold = new Barrier([], disk).hold()
    const file = changedNow(disk)
    await hold.pass(file, signal)
    await hold.pass(file, signal)
    expect(countTouches(disk)).toBe(1)
    await hold.pass(changedNow(disk), signal)
    expect(countTouches(disk)).toBe(2)
  })

  it('is known to other readings of the time, whose probe it then is', async () => {
    const disk = fakeDisk()
    const barrier = new Barrier([], disk)
    const [first, second] = [barrier.hold(), barrier.hold()]
    const file = changedNow(disk)
    await first.pass(file, signal)
    expect(second.stamps).toEqual([{ dev: 1n, stampNs: disk.stamp(), isLocal: true }])
    await first.close()
    expect(disk.open).toEqual(['/models'])
    await second.pass(file, signal)
    expect(countTouches(disk)).toBe(1)
    await second.close()
    expect(disk.open).toEqual([])
  })

  it('is forgotten with the last reading: another disk may get the device number', async () => {
    const disk = fakeDisk()
    const barrier = new Barrier([], disk)
    const file = changedNow(disk)
    const first = barrier.hold()
    await first.pass(file, signal)
    await first.close()
    const second = barrier.hold()
    expect(second.stamps).toEqual([])
    await second.pass(file, signal)
    expect(countTouches(disk)).toBe(2)
  })

  it('is the last one, also if the clock was set back', async () => {
    const disk = fakeDisk()
    const hold = new Barrier([], disk).hold()
    const file = changedNow(disk)
    await hold.pass(file, signal)
    const high = disk.stamp()
    disk.onTouch = () => {
      disk.timeNs = high - 5n
    }
    const passing = hold.pass({ ...file, ctimeNs: high }, signal)
    disk.onWait = () => {
      disk.onTouch = () => undefined
    }
    expect(hold.stamps).toEqual([{ dev: 1n, stampNs: high, isLocal: true }])
    await passing
    expect(hold.stamps[0]?.stampNs).toBeGreaterThan(high)
  })

  it('of a volume is read with one probe, however many files need it', async () => {
    const disk = fakeDisk()
    const barrier = new Barrier([], disk)
    const file = changedNow(disk)
    const holds = Array.from({ length: 9 }, () => barrier.hold())
    await Promise.all(holds.map((hold) => hold.pass(file, signal)))
    expect(disk.calls).toEqual(['open unnamed /models', 'touch'])
    await Promise.all(holds.map((hold) => hold.close()))
    expect(disk.open).toEqual([])
  })
})

describe('a probe', () => {
  it('gets a name only in a directory that was given for it, on the volume of the file', async () => {
    const disk = fakeDisk({ directories: [], named: ['/given'], devices: { '/elsewhere': 2n } })
    const hold = new Barrier(['/elsewhere', '/given'], disk).hold()
    await hold.pass(changedNow(disk), signal)
    const opened = ['open unnamed /models', 'open unnamed /given', 'open named /given']
    expect(disk.calls).toEqual([...opened, 'touch'])
  })

  it('on another volume is closed and ignored', async () => {
    const disk = fakeDisk({ devices: { '/models': 2n } })
    const hold = new Barrier([], disk).hold()
    await hold.pass(changedNow(disk, 1n), signal)
    expect(disk.calls).toEqual(['open unnamed /models'])
    expect(disk.open).toEqual([])
    expect(hold.stamps).toEqual([])
  })

  it('that can no longer be touched counts as none', async () => {
    const disk = fakeDisk()
    const hold = new Barrier([], disk).hold()
    disk.onTouch = () => {
      throw Object.assign(new Error('EROFS: failed'), { code: 'EROFS' })
    }
    await hold.pass(changedNow(disk), signal)
    expect(disk.calls.at(-1)).toMatch('wait')
  })
})

describe('without a probe', () => {
  it.each([
    ['3 s', {}, 3000],
    ['60 s on a network', { type: NFS }, 60_000],
  ])('a file is waited for until it is %s old', async (_name, options, wantedMs) => {
    const disk = fakeDisk({ ...options, directories: [] })
    const startedAt = disk.elapsedMs()
    const file = changedNow(disk)
    await new Barrier([], disk).hold().pass(file, signal)
    expect(disk.elapsedMs() - startedAt).toBe(wantedMs)
    await new Barrier([], disk).hold().pass(file, signal)
    expect(disk.elapsedMs() - startedAt).toBe(wantedMs)
  })

  it('a file of the future is IO at once', async () => {
    const disk = fakeDisk({ directories: [] })
    const file = changedNow(disk, disk.timeNs + 2000n * MS)
    await expect(new Barrier([], disk).hold().pass(file, signal)).rejects.toMatchObject({ code: 'IO' })
    expect(disk.calls).toEqual(['open unnamed /models'])
  })

  it('a file is not waited for without end while the clock is set back', async () => {
    const disk = fakeDisk({ directories: [] })
    const file = changedNow(disk)
    let setBackMs = 0
    const set = { ...disk, wallClockMs: () => disk.elapsedMs() - setBackMs }
    disk.onWait = () => {
      setBackMs += 2500
    }
    await expect(new Barrier([], set).hold().pass(file, signal)).rejects.toMatchObject({ code: 'IO' })
  })
})
