"""Status variables: what is counted here, zero for the rest (MySQL 8.4 manual, 7.1.10 "Server Status Variables")."""

from __future__ import annotations

import time
from typing import Final

from sockservice.interfaces import ISession

_ZERO: Final = """
    Binlog_cache_disk_use Binlog_cache_use Binlog_stmt_cache_disk_use
    Binlog_stmt_cache_use Bytes_received Bytes_sent Com_begin Com_commit Com_delete Com_insert Com_replace Com_rollback
    Com_select Com_set_option Com_show_tables Com_stmt_close Com_stmt_execute Com_stmt_prepare Com_update
    Connection_errors_accept Connection_errors_internal Connection_errors_max_connections
    Connection_errors_peer_address Connection_errors_select Connection_errors_tcpwrap Created_tmp_disk_tables
    Created_tmp_files Created_tmp_tables Handler_commit Handler_delete Handler_external_lock Handler_read_first
    Handler_read_key Handler_read_last Handler_read_next Handler_read_prev Handler_read_rnd Handler_read_rnd_next
    Handler_rollback Handler_savepoint Handler_update Handler_write Innodb_buffer_pool_pages_data
    Innodb_buffer_pool_pages_dirty Innodb_buffer_pool_pages_free Innodb_buffer_pool_pages_total
    Innodb_buffer_pool_read_requests Innodb_buffer_pool_reads Innodb_buffer_pool_wait_free Innodb_data_fsyncs
    Innodb_data_read Innodb_data_reads Innodb_data_writes Innodb_data_written Innodb_log_waits Innodb_log_writes
    Innodb_row_lock_current_waits Innodb_row_lock_time Innodb_row_lock_time_avg Innodb_row_lock_waits
    Innodb_rows_deleted Innodb_rows_inserted Innodb_rows_read Innodb_rows_updated Key_blocks_used Key_read_requests
    Key_reads Key_write_requests Key_writes Last_query_cost Open_files Open_tables Opened_tables
    Prepared_stmt_count Select_full_join Select_full_range_join Select_range Select_range_check Select_scan
    Slow_launch_threads Slow_queries Sort_merge_passes Sort_range Sort_rows Sort_scan Table_locks_immediate
    Table_locks_waited Threads_cached Threads_created
""".split()
_TEXTS: Final = {
    "Current_tls_version": "TLSv1.2,TLSv1.3",
    "Innodb_page_size": "16384",
    "Last_query_cost": "0.000000",
    "Ssl_cipher_list": "",
    "Caching_sha2_password_rsa_public_key": "",
}


def status(session: ISession) -> list[tuple[str, str]]:
    """Name and value of each status variable, in the order of SHOW STATUS."""
    server = session.server
    running = sum(1 for other in server.sessions.values() if other.info)
    counted = {
        "Aborted_clients": server.aborted_clients,
        "Aborted_connects": server.aborted_connects,
        "Connections": max((int(number) for number in server.sessions), default=0),
        "Max_used_connections": len(server.sessions),
        "Queries": server.questions,
        "Questions": server.questions,
        "Threads_connected": len(server.sessions),
        "Threads_running": max(1, running),
        "Uptime": max(0, int(time.time() - server.started)),
        "Uptime_since_flush_status": max(0, int(time.time() - server.started)),
    }
    texts = {
        **_TEXTS,
        "Compression": "ON" if session.compression else "OFF",
        "Compression_algorithm": session.compression or "",
        "Ssl_cipher": session.tls.cipher if session.tls else "",
        "Ssl_version": session.tls.version if session.tls else "",
    }
    every = {**dict.fromkeys(_ZERO, "0"), **texts, **{name: str(value) for name, value in counted.items()}}
    return sorted(every.items())
