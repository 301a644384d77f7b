import { BaseSequencer, type TestSpecification } from 'vitest/node'

const slowest = new Map<string, number>()

/**
 * Runs the tests beside the source first, and of these and the others the quick files: a mutant is done with the first
 * test that fails.
 */
export class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => distanceOf(a) - distanceOf(b) || this.#timeOf(a) - this.#timeOf(b))
  }

  #timeOf({ project, moduleId }: TestSpecification): number {
    const path = moduleId.slice(this.ctx.config.root.length + 1)
    const { duration = 0 } = this.ctx.cache.getFileTestResults(`${project.name}:${path}`) ?? {}
    const time = Math.max(duration, slowest.get(path) ?? 0)
    slowest.set(path, time)
    return time
  }
}

/** 0 if the tests are beside the source. */
function distanceOf({ moduleId }: TestSpecification): number {
  return moduleId.includes('/src/') ? 0 : 1
}
