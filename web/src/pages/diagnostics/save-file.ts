/** Hands a text over as a file to keep. */
export function saveFile(name: string, text: string, type = 'text/plain;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replaceAll(/[^\w.-]+/g, '_')
  link.click()
  URL.revokeObjectURL(url)
}
