import { createNativeSha256 } from '../hashing/native-sha256.ts'
import {
  createDigestContent,
  createVerifyContent,
  type DigestContent,
  type VerifyContent,
} from './digest-content.ts'

/** As {@link DigestContent} says, by node:crypto. For files of this machine use `digestFile`. */
export const digestContent: DigestContent = /* @__PURE__ */ createDigestContent(createNativeSha256)

/** As {@link VerifyContent} says, by node:crypto. */
export const verifyContent: VerifyContent = /* @__PURE__ */ createVerifyContent(createNativeSha256)
