// `pnpm --filter @catalog/cli record`: runs `catalog import` and `catalog ls` in a terminal, on stores as other tools leave
// them, one with a damaged model, and writes what was seen to docs/import.svg. Needs `script` of util-linux.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addOllamaModel, buildStore, ollamaBlob, sha256 } from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { type Frame, toFrames } from './screen.ts'
import { parseTimedOutput, type TimedOutput } from './timed-output.ts'
import { toSvg } from './to-svg.ts'

const COLUMNS = 96
const ROWS = 30
const MB = 1e6
/** What a reader sees in place of the temporary directory. */
const HOME = '/home/ada'
/** More pictures a second would only make the file larger. */
const LEAST_FRAME_MS = 150
const ANSWER_MS = 1500
const QUESTION_END = '[y/N] '

const home = mkdtempSync(join(tmpdir(), 'recording-'))
try {
  buildStores()
  writeFileSync(
    fileURLToPath(new URL('../../../../docs/import.svg', import.meta.url)),
    toSvg(record(), COLUMNS),
  )
} finally {
  rmSync(home, { recursive: true })
}

function buildStores(): void {
  const ollama = buildStore(join(home, '.ollama', 'models'))
  addOllama(ollama, 'llama3.2/3b', 900 * MB)
  addOllama(ollama, 'qwen3/8b', 1200 * MB)
  const damaged = addOllama(ollama, 'gemma3/4b', 700 * MB)
  // As a power failure leaves it: the right name and length, and zeros.
  ollama.put(ollamaBlob(damaged), Buffer.alloc(damaged.length))
  const cache = buildStore(join(home, '.cache', 'llama.cpp'))
  const mistral = sampleGguf('mistral', { sizeBytes: 800 * MB })
  cache.put('acme_Mistral-7B-GGUF_mistral-7b-q4_k_m.gguf', mistral)
  cache.putJson('manifest=acme=Mistral-7B-GGUF=Q4_K_M.json', {
    ggufFile: {
      rfilename: 'mistral-7b-q4_k_m.gguf',
      size: mistral.length,
      blobId: `sha256:${sha256(mistral)}`,
      lfs: { sha256: sha256(mistral), size: mistral.length },
    },
  })
}

function addOllama(store: ReturnType<typeof buildStore>, name: string, sizeBytes: number): Buffer {
  const bytes = sampleGguf(name, { sizeBytes })
  addOllamaModel(store, { names: [`registry.ollama.ai/library/${name}`], layers: [{ type: 'model', bytes }] })
  return bytes
}

/** The answer to the question is typed ahead. */
function record(): readonly Frame[] {
  const [log, timing] = [join(home, 'log'), join(home, 'timing')]
  const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const catalog = `"${process.execPath}" --conditions=@catalog/source --import tsx "${program}"`
  const line = (words: string): string => `printf '$ catalog ${words}\\n'; ${catalog} ${words}`
  const commands = `stty cols ${COLUMNS} rows ${ROWS} -echo; ${line('import')}; printf '\\n'; ${line('ls')}`
  const { error, status, stderr } = spawnSync(
    'script',
    ['-q', '-e', '-c', commands, '--log-out', log, '--log-timing', timing],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', CATALOG_ROOT: join(home, 'catalog') },
      input: 'y\n',
      encoding: 'utf8',
    },
  )
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`script ended with ${status}: ${stderr}`)
  const outputs = parseTimedOutput(readFileSync(timing, 'utf8'), readFileSync(log)).flatMap(answer)
  const frames = toFrames(outputs, COLUMNS)
  return frames.filter((frame, index) => {
    const next = frames[index + 1]
    return next === undefined || next.atMs - frame.atMs >= LEAST_FRAME_MS
  })
}

/** With the name that a reader sees, and the answer where a person gives it: it was typed ahead. */
function answer({ delayMs, text }: TimedOutput): readonly TimedOutput[] {
  const shown = text.replaceAll(home, HOME).replace(/^y\r\n/u, '')
  const end = shown.indexOf(QUESTION_END) + QUESTION_END.length
  if (end < QUESTION_END.length) return [{ delayMs, text: shown }]
  return [
    { delayMs, text: shown.slice(0, end) },
    { delayMs: ANSWER_MS, text: 'y\r\n' },
    { delayMs: 0, text: shown.slice(end) },
  ]
}
