/** `--format` of the commands that end with a report. */
export const REPORT_FORMAT_OPTION = {
  value: "FORMAT",
  choices: ["text", "json", "md", "junit", "html"],
  default: "text",
  help: "text for people, json for programs, junit for CI, md or html to keep",
} as const;
