import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setDefaultTimeout, setWorldConstructor, World } from '@cucumber/cucumber'
import {
  type ApplyReport,
  type AuditReport,
  type Catalog,
  type CatalogError,
  type CatalogErrorCode,
  isCatalogError,
  type ModelDownload,
  type ModelEntry,
  type NoDownload,
  type OpenCatalogOptions,
  openCatalog,
  type RegistrationInput,
  type ResolvedModel,
  type UpkeepPlan,
} from 'model-catalog'
import { Attempt } from './attempt.ts'
import { CommandFailure, type CommandResult, RunningCommand, runCatalog, type Shell } from './command.ts'
import { readCommitLines } from './journal.ts'
import { Participant } from './participant.ts'
import type { RunningService, ServiceAnswer } from './service.ts'
import { listTree } from './tree.ts'

/** The machine that the scenarios happen on. */
export const NODE = 'gpu-box-1'
/** Where a model comes from, where a scenario does not care. */
export const SOURCE = 'https://models.example/some-model'

/** The catalog as it stood before a When. */
export interface Before {
  readonly models: readonly ModelEntry[]
  readonly commitLines: readonly string[]
}

/** One scenario: an empty directory, what was opened and started in it, and what came of the last When. */
export class CatalogWorld extends World {
  readonly participants: Map<string, Participant> = new Map()
  /** The model that the last step named: `it`. */
  subject = ''
  /** What the catalog's clock says. */
  now = '2025-10-01T00:00:00.000Z'
  /** What the last query found. */
  found: readonly ModelEntry[] | undefined
  /** The right bytes of a multi-file model's files by their paths. */
  contents: ReadonlyMap<string, Buffer> = new Map()
  /** Where the last When said that a model is. */
  resolved: ResolvedModel | undefined
  /** What the last download that was begun says. */
  begun: ModelDownload | NoDownload | undefined
  command: CommandResult | undefined
  /** The command line of the last When. */
  attempted = ''
  /** A command that goes on until it is ended. */
  watched: RunningCommand | undefined
  service: RunningService | undefined
  /** What the service has answered last. */
  answer: ServiceAnswer | undefined
  plan: UpkeepPlan | undefined
  audited: AuditReport | undefined
  applied: ApplyReport | undefined
  /** What was in the store of another tool before it was imported. */
  storeBefore: readonly string[] | undefined
  /** What a file of the catalog held before it was opened. */
  bytes: Buffer | undefined
  /** The models whose registration some process was told to be done. */
  readonly acknowledged: string[] = []
  readonly #attempt: Attempt = new Attempt()
  readonly #ends: (() => Promise<void>)[] = []
  #directory: string | undefined
  #catalog: Catalog | undefined
  #before: Before | undefined

  /** Where everything of the scenario is, and its commands run. */
  get directory(): string {
    assert.ok(this.#directory, 'the scenario has no directory yet')
    return this.#directory
  }

  /** The directory of the catalog and its model files. */
  get root(): string {
    return join(this.directory, 'models')
  }

  /** Where another tool keeps its models. */
  get store(): string {
    return join(this.directory, 'store')
  }

  /** The open catalog. */
  get catalog(): Catalog {
    assert.ok(this.#catalog, 'no step has opened the catalog')
    return this.#catalog
  }

  /** The catalog as it stood before the last When. */
  get before(): Before {
    assert.ok(this.#before, 'the catalog was not open before the last When')
    return this.#before
  }

  /** Makes the empty world that every scenario starts from. */
  async prepare(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'catalog-bdd-'))
  }

  /** Keeps what is in the store, to see later that nothing has changed. */
  async rememberStore(): Promise<void> {
    this.storeBefore = await listTree(this.store)
  }

  async openCatalog(options: OpenCatalogOptions = {}): Promise<void> {
    assert.equal(this.#catalog, undefined, 'the catalog is open already')
    const clock = { now: (): Date => new Date(this.now) }
    this.#catalog = await openCatalog({ root: this.root, node: NODE, clock, ...options })
  }

  async closeCatalog(): Promise<void> {
    await this.#catalog?.close()
    this.#catalog = undefined
  }

  /** Runs what a When is about. An error is kept for a Then; one that no Then asks for fails the scenario. */
  async attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    this.#before = this.#catalog && {
      models: await this.#catalog.list(),
      commitLines: await readCommitLines(this.root),
    }
    return this.#attempt.run(action)
  }

  /** The error of the last When, which is expected from now on. */
  takeError(): unknown {
    return this.#attempt.takeError()
  }

  /** The refusal of the last When, of this code where one is given. */
  takeRefusal<C extends CatalogErrorCode = CatalogErrorCode>(code?: C): CatalogError<C> {
    const error = this.takeError()
    if (!isCatalogError(error, code)) {
      throw new Error(`expected ${code ?? 'a refusal'}, got ${String(error)}`, { cause: error })
    }
    return error
  }

  assertNothingUnexpected(): void {
    this.#attempt.assertNothingUnexpected()
  }

  /** Registers a model that the scenario needs; what it says nothing of is filled in. */
  async register(input: Partial<RegistrationInput> & { readonly id: string }): Promise<ModelEntry> {
    this.subject = input.id
    return this.catalog.register({ source: SOURCE, ...input })
  }

  /** Puts the model's file where the catalog expects it. */
  async download(id: string, bytes: Buffer): Promise<string> {
    const path = await this.catalog.modelPath(id)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
    return path
  }

  /** A path of the scenario's own small world: also an absolute one lies in its directory. */
  pathOf(name: string): string {
    return join(this.directory, name)
  }

  /** The entry of a model that must be there; steps that follow may call it `it`. */
  async entryOf(id: string = this.subject): Promise<ModelEntry> {
    this.subject = id
    const entry = await this.catalog.get(id)
    assert.ok(entry, `${id} is not in the catalog`)
    return entry
  }

  async startParticipant(name: string): Promise<void> {
    this.participants.set(name, await Participant.start(this.root))
  }

  participant(name: string): Participant {
    const participant = this.participants.get(name)
    assert.ok(participant, `no ${name} was started`)
    return participant
  }

  /**
   * Runs a command line, in which PRINTED is what the command before has printed. An exit code that is not 0 is an error
   * that a Then must expect.
   */
  async run(line: string, { environment, input }: Partial<Shell> = {}): Promise<CommandResult> {
    const { directory, root } = this
    const words = line.replace('PRINTED', this.command?.stdout.trim() ?? '')
    this.command = await runCatalog(words, { directory, root, environment, input })
    if (this.command.exitCode !== 0) throw new CommandFailure(line, this.command)
    return this.command
  }

  /** Starts a command that goes on. */
  async watch(line: string): Promise<void> {
    this.watched = await RunningCommand.start(line, this)
  }

  /** Runs this when the scenario is over, before its directory is removed. */
  atEnd(work: () => Promise<void>): void {
    this.#ends.push(work)
  }

  /** Closes what was opened and ends what was started, and nothing else. */
  async dispose(): Promise<void> {
    await Promise.all([...this.participants.values()].map((participant) => participant.kill()))
    await this.service?.kill()
    await this.watched?.kill()
    await this.closeCatalog()
    for (const end of this.#ends) await end()
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** The SHA-256 of a file, by another implementation than the catalog's. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

setWorldConstructor(CatalogWorld)
setDefaultTimeout(60_000)
