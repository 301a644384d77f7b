import type { BundleModel } from '@catalog/types'
import { isCatalogError } from 'model-catalog'
import { assertSpace } from './assert-space.ts'
import type { BundleDirectory } from './bundle-directory.ts'
import type { BundledFile } from './bundle-record.ts'
import type { BundledModel, BundleProgress } from './bundle-report.ts'
import { type BundlePlan, outcomeOf, type PlannedChange } from './plan-bundle.ts'
import { putFile, seemsPresent } from './put-file.ts'

/** How a bundle is written. */
export interface WriteOptions {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: BundleProgress) => void) | undefined
  readonly onResult: ((result: BundledModel) => void) | undefined
}

/** After so many copied bytes the manifest is written, so that an interrupted export leaves what it has done. */
const SAVE_EVERY_BYTES = 1024 ** 3

/** Puts the models of a plan into a bundle, one after the other. A model that fails does not stop the others. */
export class BundleWriting {
  readonly #bundle: BundleDirectory
  readonly #plan: BundlePlan
  readonly #options: WriteOptions
  /** What the manifest may name, by id. */
  readonly #complete = new Map<string, BundleModel>()
  /** Files that are right, of models that were done in this run. */
  readonly #placed = new Set<string>()
  /** Everything that the plan names: not removed with the old revision of a model. */
  readonly #wanted: ReadonlySet<string>
  readonly #totalBytes: number
  #unsavedBytes = 0
  #doneModels = 0
  #doneBytes = 0

  constructor(bundle: BundleDirectory, plan: BundlePlan, options: WriteOptions) {
    this.#bundle = bundle
    this.#plan = plan
    this.#options = options
    this.#wanted = new Set(plan.planned.flatMap(({ files }) => files.map(({ stored }) => stored)))
    this.#totalBytes = plan.planned.reduce((sum, { record }) => sum + record.sizeBytes, 0)
    for (const model of plan.kept) this.#complete.set(model.id, model)
    // What the bundle has of the choice counts until a file of it turns out to be wrong.
    for (const { before } of plan.planned) if (before !== undefined) this.#complete.set(before.id, before)
  }

  async run(): Promise<readonly BundledModel[]> {
    const { planned, leftOut } = this.#plan
    await this.#assertSpace()
    const results: BundledModel[] = []
    try {
      for (const model of planned) results.push(this.#tell(await this.#put(model)))
    } catch (error) {
      // Best effort: why the export ended is what its caller has to learn.
      if (this.#unsavedBytes > 0) await this.#save().catch(() => undefined)
      throw error
    }
    const models = [...this.#complete.values()]
    if (!(await this.#bundle.isFinished(models))) {
      await this.#bundle.begin(this.#options.signal)
      await this.#bundle.finish(models)
    }
    return [...results, ...leftOut.map((each) => this.#tell(each))]
  }

  async #assertSpace(): Promise<void> {
    const missing = new Map<string, BundledFile>()
    for (const { files } of this.#plan.planned) {
      for (const file of files) {
        if (!(await seemsPresent(this.#bundle, file))) missing.set(file.stored, file)
      }
    }
    await assertSpace(this.#bundle, [...missing.values()], this.#options.signal)
  }

  async #put(model: PlannedChange): Promise<BundledModel> {
    const { record, before } = model
    const { id, sizeBytes } = record
    this.#options.signal?.throwIfAborted()
    const endBytes = this.#doneBytes + sizeBytes
    let copiedBytes = 0
    try {
      // The manifest must not name files that are about to be replaced.
      if (before !== undefined && before.digest !== record.digest) await this.#drop(before)
      for (const file of model.files) {
        if ((await this.#putFile(file, before)) === 'copied') copiedBytes += file.sizeBytes
      }
    } catch (error) {
      if (this.#endsExport(error)) throw error
      this.#doneBytes = endBytes
      await this.#withdraw(model)
      return { id, outcome: 'failed', sizeBytes, copiedBytes: 0, error }
    }
    this.#doneBytes = endBytes
    if (before !== undefined) this.#complete.delete(before.id)
    this.#complete.set(id, record)
    for (const { stored } of model.files) this.#placed.add(stored)
    this.#unsavedBytes += copiedBytes
    if (this.#unsavedBytes >= SAVE_EVERY_BYTES) await this.#save()
    return { id, outcome: outcomeOf(model, copiedBytes), sizeBytes, copiedBytes }
  }

  async #putFile(file: BundledFile, before: BundleModel | undefined): Promise<'kept' | 'copied'> {
    if (this.#placed.has(file.stored)) {
      this.#doneBytes += file.sizeBytes
      return 'kept'
    }
    const startBytes = this.#doneBytes
    const put = await putFile(this.#bundle, file, {
      signal: this.#options.signal,
      onProgress: ({ doneBytes }) => {
        this.#doneBytes = startBytes + doneBytes
        this.#report()
      },
      beforeCopy: async () => {
        await this.#bundle.begin(this.#options.signal)
        if (before !== undefined) await this.#drop(before)
      },
    })
    this.#doneBytes = startBytes + file.sizeBytes
    return put
  }

  /** Whether nothing else can be written either after this error: it is of the bundle's disk, or of no model. */
  #endsExport(error: unknown): boolean {
    if (this.#options.signal?.aborted === true || !isCatalogError(error)) return true
    if (error.code === 'NO_SPACE' || error.code === 'READ_ONLY' || error.code === 'CLOSED') return true
    const path = 'path' in error.details ? error.details.path : undefined
    return path?.startsWith(this.#bundle.path) === true
  }

  /** Names a model no longer, before a file of it is replaced. */
  async #drop(model: BundleModel): Promise<void> {
    if (!this.#complete.delete(model.id)) return
    await this.#bundle.begin(this.#options.signal)
    await this.#save()
  }

  /** Nothing is left of a model that is only half there. */
  async #withdraw({ files, before }: PlannedChange): Promise<void> {
    if (before !== undefined) this.#complete.delete(before.id)
    const named = new Set(
      [...this.#complete.values()].flatMap((each) => each.files.map(({ stored }) => stored)),
    )
    for (const { stored } of files) if (!named.has(stored)) await this.#bundle.remove(stored)
  }

  async #save(): Promise<void> {
    await this.#bundle.save([...this.#complete.values()], this.#wanted)
    this.#unsavedBytes = 0
  }

  #tell(result: BundledModel): BundledModel {
    if (result.outcome !== 'left-out') this.#doneModels += 1
    this.#report()
    this.#options.onResult?.(result)
    return result
  }

  #report(): void {
    this.#options.onProgress?.({
      doneModels: this.#doneModels,
      totalModels: this.#plan.planned.length,
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
    })
  }
}
