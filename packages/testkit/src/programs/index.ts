export { type BundledProgram, bundleProgram } from './bundle-program.ts'
export { createStage, isReachableByOthers } from './stage.ts'
