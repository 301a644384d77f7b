/** A file of hash-wasm that has no declarations of its own. */
declare module 'hash-wasm/dist/sha256.umd.min.js' {
  export { createSHA256 } from 'hash-wasm'
}
