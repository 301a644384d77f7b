// Windows takes these names for devices in every directory, with any extension and with spaces before it.
const DEVICE_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/iu

/** True where Windows would open a device instead of a file of this name. */
export function isWindowsDevice(segment: string): boolean {
  return DEVICE_NAME.test(segment)
}
