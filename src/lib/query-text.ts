const LITERAL =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"?|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|(?:\b[uU]&|\b[bBxXnN])?'(?:[^']|'')*'?|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)|\$\d+|\b\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?\b|[A-Za-z_]\w*/g;

/**
 * The text of a statement as it may be kept in a record: every literal replaced by `$n`, comments
 * taken out, white space folded, cut to `lengthMax` characters.
 *
 * A literal may hold anything, a password too; a text that the server cut inside a literal loses it
 * to its end.
 */
export function normaliseQueryText(sql: string, lengthMax = 80): string {
  let literals = 0;
  const text = sql
    .replace(LITERAL, (token) => {
      if (token.startsWith("--") || token.startsWith("/*")) return " ";
      if (/^(?:"|\$\d)/.test(token)) return token;
      const isLiteral = /['$]/.test(token) || /^\d/.test(token);
      return isLiteral ? `$${(literals += 1)}` : token;
    })
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}
