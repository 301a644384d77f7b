import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What `openssl dgst -sha256` says of files, in that many processes at once, `perProcess` files to each. */
export async function digestWithOpenssl(
  paths: readonly string[],
  processes: number,
  perProcess: number,
): Promise<string> {
  const args = ['-0', `-P${processes}`, `-n${perProcess}`, 'openssl', 'dgst', '-sha256', '-r']
  const xargs = spawn('xargs', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  xargs.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text
  })
  xargs.stdin.end(paths.join('\0'))
  const [code] = await once(xargs, 'close')
  if (code !== 0) throw new Error(`xargs openssl ended with ${code}`)
  return output
}

/** As above for one file, with nothing in between. */
export async function digestOneWithOpenssl(path: string): Promise<string> {
  const openssl = spawn('openssl', ['dgst', '-sha256', '-r', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = await openssl.stdout.toArray()
  return Buffer.concat(chunks).toString('latin1').slice(0, 64)
}
