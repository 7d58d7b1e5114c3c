/** What `pgdyno init` writes: valid as it stands, and short enough to be read. */
export const INITIAL_EXPERIMENT = `# An experiment for pgdyno. \`pgdyno plan FILE\` prints what it would do and every default;
# \`pgdyno explain experiment\` explains every field.
apiVersion: pgdyno.dev/v1alpha1
kind: Experiment
metadata: { name: first-look }

# Goals to be judged. Leave out what you have no goal for.
objectives:
  p99: 50ms
  throughput: 500tps

# Where PostgreSQL lives: here one that pgdyno sets up on this machine and removes again.
target:
  local:
    postgresql:
      version: 18
      parameters: { shared_buffers: 256MB, max_wal_size: 1GB }

# What is done, in order.
stages:
  # The same load at growing numbers of clients: where does throughput stop growing?
  - ladder:
      workload: { native: { builtin: tpcb-like, scale: 20 } }
      clients: [1, 2, 4, 8, 16, 32]
      duration: 60s
      warmup: 10s
      repetitions: 3
`;
