/**
 * Where the parameters come from. `checked` says how far it was followed: a table that was read is worth more than a
 * quotation of it.
 */
export interface ParameterSource {
  readonly title: string;
  readonly author: string;
  /** Of publication, or of the measurement; absent for a page that is kept current. */
  readonly year?: number;
  readonly href?: string;
  /** What was read. */
  readonly checked: string;
}

const awsDocs = "Amazon Web Services";

export const parameterSources = {
  "napkin-math": {
    title: "napkin-math",
    author: "Simon Eskildsen",
    year: 2026,
    href: "https://github.com/sirupsen/napkin-math",
    checked:
      "the README of 21 March 2026, commit aae5832: table and notes. Measured on a large cloud machine with local SSD; rows for hard disks, queries, proxies, distances and object stores are older, and its author calls the latter rough",
  },
  here: {
    title: "Measured on the course's own machines",
    author: "this course",
    year: 2026,
    checked: "medians of several rounds on an idle virtual machine with two cores; `npm run numbers` does it on yours",
  },
  "callaghan-2026": {
    title: "SSDs, power loss protection and fsync latency",
    author: "Mark Callaghan",
    year: 2026,
    href: "https://smalldatum.blogspot.com/2026/01/ssds-power-loss-protection-and-fsync.html",
    checked: "its figures in two summaries that agree",
  },
  "poder-2025": {
    title: "Using Postgres pg_test_fsync tool for testing low latency writes",
    author: "Tanel Poder",
    year: 2025,
    href: "https://tanelpoder.com/posts/using-pg-test-fsync-for-testing-low-latency-writes",
    checked: "the output for the consumer drive, 8 kB writes",
  },
  "ebs-optimization": {
    title: "Amazon EBS optimization",
    author: awsDocs,
    href: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-optimization.html",
    checked: "the paragraphs on io2 Block Express and gp3: goals of the design, not measurements",
  },
  "etcd-hardware": {
    title: "etcd 3.6: hardware recommendations, tuning",
    author: "etcd authors",
    href: "https://etcd.io/docs/v3.6/op-guide/hardware/",
    checked: "the pages of version 3.6 in the documentation's repository",
  },
  "raft-2014": {
    title: "In Search of an Understandable Consensus Algorithm",
    author: "Diego Ongaro and John Ousterhout, USENIX ATC",
    year: 2014,
    href: "https://raft.github.io/raft.pdf",
    checked: "section 9.3, elections after a crash of the leader",
  },
  "redis-sentinel": {
    title: "High availability with Redis Sentinel",
    author: "Redis",
    href: "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
    checked: "the example configuration, `down-after-milliseconds`",
  },
  painter: {
    title: "Exploring Azure network latency: the fundamentals",
    author: "Simon Painter",
    href: "https://www.simonpainter.com/azure-latency-1/",
    checked: "method and table: TCP echoes between the smallest machines",
  },
  "liesis-2022": {
    title: "What is AWS EC2 cross availability zones network lag vs inside same zone?",
    author: "Lukas Liesis",
    year: 2022,
    href: "https://lukasliesis.medium.com/what-is-aws-ec2-cross-availability-zones-network-lag-vs-inside-same-zone-827a4e06b6d7",
    checked: "the averages: pings for five minutes between t2.micro machines",
  },
  "flashgrid-2023": {
    title: "Latencies between AWS availability zones",
    author: "FlashGrid",
    year: 2023,
    href: "https://www.flashgrid.io/news/latencies-between-aws-availability-zones-what-are-they-and-how-to-minimize-them/",
    checked: "the text, which compares 0.5 ms with 1.5 ms; not the table of every pair",
  },
  bitsand: {
    title: "Cross-AZ latencies",
    author: "bitsand.cloud",
    href: "https://www.bitsand.cloud/posts/cross-az-latencies",
    checked: "its quotation of what the provider says, and that pairs differ",
  },
  "m5d-gist": {
    title: "dd with direct writes to the local drive of an m5d.4xlarge",
    author: "a public gist",
    checked: "the measured lines, in an excerpt",
  },
  "samsung-2024": {
    title: "Samsung's 128 TB-class BM1743 enterprise SSD displayed at FMS 2024",
    author: "Ganesh T S, AnandTech",
    year: 2024,
    href: "https://www.anandtech.com/show/21526/samsungs-128-tbclass-bm1743-enterprise-ssd-displayed-at-fms-2024",
    checked: "the paragraph on the PM9D3a, in a copy: the manufacturer's figures, many requests in flight",
  },
  "backblaze-2025": {
    title: "Backblaze Drive Stats for 2025",
    author: "Backblaze",
    year: 2026,
    href: "https://www.backblaze.com/blog/backblaze-drive-stats-for-2025/",
    checked: "the yearly and lifetime rates, in the openings and in summaries of the reports of 2024 and 2025",
  },
  "anandtech-2019": {
    title: "AMD Rome second generation EPYC review, memory subsystem: latency",
    author: "AnandTech",
    year: 2019,
    href: "https://www.anandtech.com/show/14694/amd-rome-epyc-2nd-gen/7",
    checked: "the table of latencies, corrected by its authors in October 2019",
  },
  "s3-20-years": {
    title: "Amazon S3 after twenty years",
    author: awsDocs,
    year: 2026,
    checked: "articles that quote it: 15 cents a gigabyte at launch, just over two cents now",
  },
  "ebs-pricing": {
    title: "Amazon EBS prices in us-east-1",
    author: awsDocs,
    year: 2026,
    checked: "prices quoted in a text of 2026; list prices before discounts",
  },
  "aws-egress": {
    title: "Prices of data transfer out of AWS",
    author: awsDocs,
    year: 2025,
    checked: "list prices quoted in several texts; contracts are lower and private",
  },
  "nginx-ssl": {
    title: "NGINX SSL performance",
    author: "NGINX",
    year: 2016,
    href: "https://www.nginx.com/blog/nginx-ssl-performance/",
    checked:
      "in copies: full handshakes are 45 to 60 % of RSA-2048 signatures a core; 350 a core in 2014, over 2,000 with elliptic curves in 2016",
  },
  "rustls-2019": {
    title: "rustls versus OpenSSL: resumption performance",
    author: "Joseph Birr-Pixton",
    year: 2019,
    href: "https://jbp.io/2019/07/02/rustls-vs-openssl-resumption-performance.html",
    checked: "the table of handshakes per second",
  },
  "idle-sockets": {
    title: "A million idle connections: WhatsApp 2011, Phoenix 2015",
    author: "articles that quote both",
    year: 2015,
    checked: "the quoted figures: 1 million on one machine, 2 million with 64 GB, 100,000 with 3 GB",
  },
  "prometheus-docs": {
    title: "Prometheus: storage",
    author: "Prometheus authors",
    href: "https://prometheus.io/docs/prometheus/latest/storage/",
    checked: "the sentence on bytes per sample",
  },
  "mimir-planning": {
    title: "Planning Grafana Mimir capacity",
    author: "Grafana Labs",
    href: "https://grafana.com/docs/mimir/latest/manage/run-production-environment/planning-capacity/",
    checked: "the page in the repository: memory per series, samples per core",
  },
  "rocksdb-tuning": {
    title: "RocksDB tuning guide",
    author: "Meta",
    href: "https://github.com/facebook/rocksdb/wiki/RocksDB-Tuning-Guide",
    checked: "a copy of the wiki: amplification of leveled and of universal compaction",
  },
  "scylladb-2018": {
    title: "Compaction series: space amplification",
    author: "ScyllaDB",
    year: 2018,
    checked: "the measured peaks under overwrite, in an excerpt",
  },
  "irlbot-2008": {
    title: "IRLbot: Scaling to 6 billion pages and beyond",
    author: "Hsin-Tsang Lee and others, WWW",
    year: 2008,
    checked: "its abstract: 319 Mbit/s for 1,789 pages a second; the mean is our division",
  },
  "common-crawl-2019": {
    title: "Common Crawl, archive of February 2019",
    author: "Common Crawl",
    year: 2019,
    checked: "2.9 billion pages and 225 TiB without compression, in an excerpt; the mean is our division",
  },
} as const satisfies Readonly<Record<string, ParameterSource>>;

export type ParameterSourceId = keyof typeof parameterSources;
