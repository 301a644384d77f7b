import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { appendFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { asServerUser, findPostgres } from './postgres-programs.ts'

const run = promisify(execFile)
/** The name of the superuser and of the first database. */
const OWNER = 'catalog'
/**
 * Ends with the test process, however that ends: then its end of the pipe closes. The directory goes too, except
 * before a restart.
 */
const GUARD = `"$@" & server=$!; word=; read word; kill -QUIT $server 2>/dev/null; wait $server; [ "$word" = keep ] || rm -rf "$DIRECTORY"`

/** How a server is started. */
export interface PostgresServerOptions {
  /** Settings of the server, beside those of the tests. */
  readonly settings?: Readonly<Record<string, string>>
  /** Whether it also listens on a port of 127.0.0.1, where each role needs its password. Default false. */
  readonly tcp?: boolean
  /** Options of `initdb`, beside those of the tests. */
  readonly initdb?: readonly string[]
  /** A network namespace that it runs in, its address there, and the addresses from which roles need no password. */
  readonly network?: { readonly namespace: string; readonly address: string; readonly clients: string }
}

/** A PostgreSQL server of its own, with a directory of its own. */
export class PostgresServer {
  readonly #directory: string
  readonly #options: PostgresServerOptions
  /** The port on 127.0.0.1; 5432 names only the socket if the server has no port. */
  readonly port: number
  #guard: ChildProcess | undefined

  private constructor(directory: string, port: number, options: PostgresServerOptions) {
    this.#directory = directory
    this.port = port
    this.#options = options
  }

  /** Creates a server and waits until it accepts connections. */
  static async start(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const server = await PostgresServer.#create(options)
    return await server.#startWith(() => server.#initialise())
  }

  static async #create(options: PostgresServerOptions): Promise<PostgresServer> {
    // Of the user that the server runs as, who removes it if this process is killed.
    const [program, ...args] = asServerUser(['mktemp', '-d', join(tmpdir(), 'catalog-postgres-XXXXXX')])
    const directory = (await run(program, args)).stdout.trim()
    const port = options.tcp === true ? await findFreePort() : 5432
    return new PostgresServer(directory, port, options)
  }

  /** A server that follows this one: it has what this one has, and can be read, until it is promoted with `pg_promote()`. */
  async startStandby(options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const standby = await PostgresServer.#create(options)
    const [program, ...args] = asServerUser([
      ...[findPostgres('pg_basebackup'), '-h', this.#directory, '-p', String(this.port), '-U', OWNER],
      ...['-D', standby.#data, '--write-recovery-conf', '--checkpoint', 'fast', '--no-sync'],
    ])
    return await standby.#startWith(async () => void (await run(program, args, { cwd: standby.#directory })))
  }

  /** Connects as the superuser, by the socket. */
  get connectionString(): string {
    return this.urlOf(OWNER)
  }

  /** Connects a role by the socket, without a password. */
  urlOf(role: string, database: string = OWNER): string {
    return `postgresql://${role}@${encodeURIComponent(this.socketDirectory)}:${this.port}/${database}`
  }

  get socketDirectory(): string {
    return this.#directory
  }

  /** Starts it again after {@link kill}. */
  async start(): Promise<void> {
    const { settings = {}, tcp = false, network } = this.#options
    const all = {
      ...{ unix_socket_directories: this.#directory, port: String(this.port) },
      ...{
        listen_addresses: network?.address ?? (tcp ? '127.0.0.1' : ''),
        max_connections: '100',
        shared_buffers: '32MB',
      },
      ...{ lc_messages: 'C', log_line_prefix: '', restart_after_crash: 'on', ...settings },
    }
    const command = asServerUser([
      ...['sh', '-c', GUARD, 'sh', findPostgres('postgres'), '-D', this.#data],
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ])
    const inside = network === undefined ? [] : ['ip', 'netns', 'exec', network.namespace]
    const [program = '', ...args] = [...inside, ...command]
    const guard = spawn(program, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, DIRECTORY: this.#directory },
    })
    guard.stdin?.on('error', () => undefined)
    this.#guard = guard
    await waitUntilReady(guard)
  }

  /**
   * Kills the postmaster, and waits until none of its processes is left: they end by themselves, some of them after their
   * statement. With `isWhole` all of them are killed in the same moment, as a crash of the machine would.
   */
  async kill({ isWhole = false }: { readonly isWhole?: boolean } = {}): Promise<void> {
    const { postmaster } = this
    // It is stopped first, so that it starts no other process meanwhile.
    process.kill(postmaster, 'SIGSTOP')
    const processes = isWhole ? childrenOf(postmaster) : []
    for (const pid of [...processes, postmaster]) killAtOnce(pid)
    await this.#end('keep')
  }

  /** Starts it again, also if it has ended by itself. */
  async restart(): Promise<void> {
    await this.#end('keep')
    await this.start()
  }

  /** The process id of the postmaster. */
  get postmaster(): number {
    return Number(readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n', 1)[0])
  }

  /** Stops it at once, without waiting for its clients, and removes its directory. */
  async stop(): Promise<void> {
    await this.#end('stop')
    await rm(this.#directory, { recursive: true, force: true })
  }

  async #startWith(initialise: () => Promise<void>): Promise<PostgresServer> {
    try {
      await initialise()
      await this.start()
      return this
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  get #data(): string {
    return join(this.#directory, 'data')
  }

  async #initialise(): Promise<void> {
    const [program, ...args] = asServerUser([
      ...[findPostgres('initdb'), '-D', this.#data, '-U', OWNER, '--no-sync', '-E', 'UTF8', '--locale=C'],
      ...['--auth-local=trust', '--auth-host=scram-sha-256', '--no-instructions'],
      ...(this.#options.initdb ?? []),
    ])
    await run(program, args, { cwd: this.#directory })
    const [create, ...rest] = asServerUser([
      ...[findPostgres('postgres'), '--single', '-D', this.#data, '-F', 'postgres'],
    ])
    const single = spawn(create, rest, { stdio: ['pipe', 'ignore', 'ignore'] })
    single.stdin.end(`CREATE DATABASE ${OWNER} TEMPLATE template0;\n`)
    await once(single, 'close')
    const { clients } = this.#options.network ?? {}
    if (clients !== undefined)
      await appendFile(join(this.#data, 'pg_hba.conf'), `host all all ${clients} trust\n`)
  }

  async #end(word: string): Promise<void> {
    const guard = this.#guard
    this.#guard = undefined
    if (guard === undefined) return
    const closed = guard.exitCode === null && guard.signalCode === null ? once(guard, 'close') : undefined
    guard.stdin?.end(`${word}\n`)
    await closed
  }
}

/** By the kernel's own list, which only Linux has. */
function childrenOf(parent: number): readonly number[] {
  const listed = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
  return listed.split(' ').filter(Boolean).map(Number)
}

/** One that has just ended is dead as well. */
function killAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error
  }
}

/** Resolves when the server accepts connections; rejects with what it printed if it ends before. */
async function waitUntilReady(guard: ChildProcess): Promise<void> {
  const printed: string[] = []
  let isReady = false
  await new Promise<void>((resolve, reject) => {
    if (guard.stderr === null) throw new Error('the server has no standard error')
    createInterface(guard.stderr).on('line', (line) => {
      if (printed.length < 100) printed.push(line)
      if (line.includes('database system is ready to accept')) {
        isReady = true
        resolve()
      }
      // The guard waits for a word from here, even if the server did not start. Later such a line is about one connection.
      if (!isReady && line.includes('FATAL') && !line.includes('the database system is'))
        guard.stdin?.end('keep\n')
    })
    guard.once('close', () => reject(new Error(`PostgreSQL did not start:\n${printed.join('\n')}`)))
  })
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('the address has no port')
  return address.port
}
