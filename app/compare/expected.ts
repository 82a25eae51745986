/**
 * Fields that differ between any two messages about the same thing: counters, ages and timers that run by themselves,
 * and what only tells one message from another. By the names of headers, members and attributes; all that is below one
 * of them counts as it does.
 */
export const EXPECTED: ReadonlySet<string> = new Set([
  // Message
  'nlmsg_len',
  'nlmsg_seq',
  'nlmsg_pid',
  // Link
  'IFLA_STATS',
  'IFLA_STATS64',
  'IFLA_INET6_STATS',
  'IFLA_INET6_ICMP6STATS',
  'IFLA_INET6_CACHEINFO',
  'IFLA_BR_HELLO_TIMER',
  'IFLA_BR_TCN_TIMER',
  'IFLA_BR_TOPOLOGY_CHANGE_TIMER',
  'IFLA_BR_GC_TIMER',
  'IFLA_BRPORT_MESSAGE_AGE_TIMER',
  'IFLA_BRPORT_FORWARD_DELAY_TIMER',
  'IFLA_BRPORT_HOLD_TIMER',
  'IFLA_VF_STATS',
  // Address
  'IFA_CACHEINFO',
  // Route
  'RTA_CACHEINFO',
  // Neigh
  'NDA_CACHEINFO',
  'NDA_PROBES',
  'NDTA_STATS',
  // Mdb
  'MDBA_MDB_EATTR_TIMER',
  // Tc
  'TCA_STATS',
  'TCA_STATS2',
  'TCA_XSTATS',
  // Nftables
  'NFTA_COUNTER_BYTES',
  'NFTA_COUNTER_PACKETS',
  'NFTA_CHAIN_COUNTERS',
  'NFTA_SET_ELEM_EXPIRATION',
  'NFTA_QUOTA_CONSUMED',
  // Conntrack
  'CTA_COUNTERS_ORIG',
  'CTA_COUNTERS_REPLY',
  'CTA_TIMEOUT',
  'CTA_TIMESTAMP',
  'CTA_EXPECT_TIMEOUT',
  // Acct
  'NFACCT_PKTS',
  'NFACCT_BYTES',
  // Xfrm
  'curlft',
  'XFRMA_LTIME_VAL',
  'XFRMA_LASTUSED',
  // Sockets
  'idiag_timer',
  'idiag_retrans',
  'idiag_expires',
  'idiag_rqueue',
  'idiag_wqueue',
  'INET_DIAG_INFO',
  'INET_DIAG_MEMINFO',
  'INET_DIAG_SKMEMINFO',
  'UNIX_DIAG_RQLEN',
  'UNIX_DIAG_MEMINFO',
  // Wireguard
  'WGPEER_A_LAST_HANDSHAKE_TIME',
  'WGPEER_A_RX_BYTES',
  'WGPEER_A_TX_BYTES',
  // Wifi
  'NL80211_ATTR_GENERATION',
  'NL80211_BSS_TSF',
  'NL80211_BSS_BEACON_TSF',
  'NL80211_BSS_SEEN_MS_AGO',
  'NL80211_BSS_LAST_SEEN_BOOTTIME',
  'NL80211_STA_INFO_INACTIVE_TIME',
  'NL80211_STA_INFO_CONNECTED_TIME',
  'NL80211_STA_INFO_RX_BYTES',
  'NL80211_STA_INFO_TX_BYTES',
  'NL80211_STA_INFO_RX_BYTES64',
  'NL80211_STA_INFO_TX_BYTES64',
  'NL80211_STA_INFO_RX_PACKETS',
  'NL80211_STA_INFO_TX_PACKETS',
  'NL80211_STA_INFO_RX_DURATION',
  'NL80211_STA_INFO_TX_DURATION',
  'NL80211_STA_INFO_TID_STATS',
  // Other
  'DEVLINK_ATTR_STATS',
  'TCP_METRICS_ATTR_AGE',
]);
