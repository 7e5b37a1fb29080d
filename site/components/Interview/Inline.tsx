/** Text of the course's data: plain sentences in which `code` stands in backticks. */
export function Inline({ text }: { text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}
