import { BaseSequencer, type TestSpecification } from 'vitest/node'

const slowest = new Map<string, number>()

/** Runs the quick files first: a mutant is done with the first test that fails. */
export class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => this.#timeOf(a) - this.#timeOf(b))
  }

  #timeOf({ project, moduleId }: TestSpecification): number {
    const path = moduleId.slice(this.ctx.config.root.length + 1)
    const { duration = 0 } = this.ctx.cache.getFileTestResults(`${project.name}:${path}`) ?? {}
    const time = Math.max(duration, slowest.get(path) ?? 0)
    slowest.set(path, time)
    return time
  }
}
