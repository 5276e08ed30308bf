import type { ReactNode } from 'react'

/** The little of Markdown that our one-page guides use: headings, lists, tables, bold, code and emphasis. Links between files are left out. */
export function Markdown({ text }: { text: string }): ReactNode {
  return text
    .split(/\n{2,}/)
    .map((block) => block.trim())
    .filter((block) => block !== '' && !block.startsWith('['))
    .map((block) => <Block key={block} text={block} />)
}

function Block({ text }: { text: string }): ReactNode {
  const lines = text.split('\n')
  const [first = ''] = lines
  if (first.startsWith('# ')) return <h1>{first.slice(2)}</h1>
  if (first.startsWith('## ')) return <h2>{first.slice(3)}</h2>
  if (first.startsWith('|')) return <Table lines={lines} />
  if (/^\d+\. /.test(first)) {
    return (
      <ol>
        {lines.map((line) => (
          <li key={line}>{inline(line.replace(/^\d+\. /, ''))}</li>
        ))}
      </ol>
    )
  }
  if (first.startsWith('- ')) {
    return (
      <ul>
        {lines.map((line) => (
          <li key={line}>{inline(line.replace(/^- /, ''))}</li>
        ))}
      </ul>
    )
  }
  return <p>{inline(text)}</p>
}

function Table({ lines }: { lines: readonly string[] }): ReactNode {
  const [head = [], , ...rows] = lines.map((line) => line.split('|').slice(1, -1))
  return (
    <table className="grid">
      <thead>
        <tr>
          {head.map((cell) => (
            <th key={cell} scope="col">
              {inline(cell.trim())}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.join()}>
            {row.map((cell) => (
              <td key={cell}>{inline(cell.trim())}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function inline(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return <strong key={part}>{part.slice(2, -2)}</strong>
    if (part.startsWith('*')) return <em key={part}>{part.slice(1, -1)}</em>
    return part.startsWith('`') ? <code key={part}>{part.slice(1, -1)}</code> : part
  })
}
