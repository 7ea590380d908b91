/** The same for paths that a file system without case, or with another form of Unicode, takes for one. */
export function foldPath(file: string): string {
  return (/[^\u0000-\u007f]/.test(file) ? file.normalize('NFC') : file).toLowerCase();
}
