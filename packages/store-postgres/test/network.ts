import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A way that bytes no longer go: from the clients to the server, back, or both because the link is down. */
export type Cut = 'to the server' | 'to the clients' | 'link down'

/** A network namespace for a server, with a link to the one of the tests. */
export interface Network {
  readonly namespace: string
  /** Of the server, and of the clients that reach it. */
  readonly server: string
  readonly clients: string
  /** From now on what is sent is lost without an error, as behind a broken switch. */
  cut(where: Cut): Promise<void>
  restore(): Promise<void>
  remove(): Promise<void>
}

/** An address of no machine on the link: what is sent there arrives nowhere. */
const NOWHERE = '02:00:00:00:00:99'

/** Addresses of the range for tests of networks (RFC 2544); another pair for each process. */
export async function createNetwork(): Promise<Network> {
  const namespace = `catalog-${process.pid}`
  const [near, far] = [`cat${process.pid}a`, `cat${process.pid}b`]
  const base = `198.18.${(process.pid >> 6) & 255}.${(process.pid & 63) * 4}`.split('.').map(Number)
  const at = (host: number): string => [...base.slice(0, 3), (base[3] ?? 0) + host].join('.')
  const [clients, server] = [at(1), at(2)]
  const ip = async (...args: readonly string[]): Promise<void> => void (await run('ip', args))
  const inside = (...args: readonly string[]): Promise<void> => ip('-n', namespace, ...args)
  await ip('netns', 'add', namespace)
  try {
    await ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace)
    await ip('address', 'add', `${clients}/30`, 'dev', near)
    await inside('address', 'add', `${server}/30`, 'dev', far)
    await ip('link', 'set', near, 'up')
    await inside('link', 'set', far, 'up')
    await inside('link', 'set', 'lo', 'up')
  } catch (error) {
    await ip('netns', 'delete', namespace)
    throw error
  }
  const lead = (to: string, dev: string): readonly string[] =>
    ['neighbour', 'replace', to, 'lladdr', NOWHERE, 'nud', 'permanent', 'dev', dev] as const
  return {
    ...{ namespace, server, clients },
    async cut(where) {
      if (where === 'link down') await inside('link', 'set', far, 'down')
      else if (where === 'to the server') await ip(...lead(server, near))
      else await inside(...lead(clients, far))
    },
    async restore() {
      await inside('link', 'set', far, 'up')
      await ip('neighbour', 'flush', 'nud', 'permanent', 'dev', near)
      await inside('neighbour', 'flush', 'nud', 'permanent', 'dev', far)
    },
    remove: () => ip('netns', 'delete', namespace),
  }
}
