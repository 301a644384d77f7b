import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { asServerUser } from './postgres-programs.ts'
import type { PostgresServer } from './postgres-server.ts'

const run = promisify(execFile)
/** Ends with the test process, however that ends: then its end of the pipe closes. */
const GUARD = `"$@" & pooler=$!; read word; kill -TERM $pooler 2>/dev/null; wait $pooler; rm -rf "$DIRECTORY"`

/** A running PgBouncer. */
export interface Pooler {
  /** Leads a role through the pooler. */
  readonly connectionString: string
  stop(): Promise<void>
}

/** Starts PgBouncer in transaction mode in front of a server, with so few connections that clients must share them. */
export async function startPooler(server: PostgresServer, connections: number): Promise<Pooler> {
  const [make, ...rest] = asServerUser(['mktemp', '-d', join(tmpdir(), 'catalog-pgbouncer-XXXXXX')])
  const directory = (await run(make, rest)).stdout.trim()
  const file = join(directory, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
catalog = host=${server.socketDirectory} port=${server.port} dbname=catalog user=catalog
[pgbouncer]
unix_socket_dir = ${directory}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
`,
    { mode: 0o644 },
  )
  const [program, ...args] = asServerUser(['sh', '-c', GUARD, 'sh', 'pgbouncer', file])
  const PATH = `${process.env['PATH']}:/usr/sbin`
  const guard = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, PATH, DIRECTORY: directory },
  })
  guard.stdin.on('error', () => undefined)
  const printed: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface(guard.stderr).on('line', (line) => {
      printed.push(line)
      if (line.includes('process up')) resolve()
      if (line.includes('FATAL')) guard.stdin.end('stop\n')
    })
    guard.once('close', () => reject(new Error(`PgBouncer did not start:\n${printed.join('\n')}`)))
  })
  return {
    connectionString: `postgresql://catalog@${encodeURIComponent(directory)}:6432/catalog`,
    async stop() {
      const closed = once(guard, 'close')
      guard.stdin.end('stop\n')
      await closed
    },
  }
}
